using System.Text.Json;
using BuildingBlocks.Application;
using Microsoft.EntityFrameworkCore;
using Orders.Contracts;
using Orders.Contracts.Queries;
using Orders.Domain;
using Orders.Persistence;

namespace Orders.Queries;

internal sealed class DescribeOrderHandler(OrdersDbContext db) : IModuleQueryHandler<DescribeOrder, OrderDescription>
{
    public async Task<OrderDescription?> Handle(DescribeOrder query, CancellationToken cancellationToken)
    {
        var order = await db
            .Orders.AsNoTracking()
            .AsSplitQuery()
            .SingleOrDefaultAsync(order => order.Id == query.OrderId, cancellationToken);
        return order is null
            ? null
            : new(
                order.Id,
                order.CustomerId,
                order.CustomerUserId,
                Spelled(order.Status),
                order.Currency,
                order.TotalMinor,
                [
                    .. order
                        .Items.OrderBy(item => item.Line)
                        .Select(item => new OrderLine(item.Sku, item.ProductName, item.Quantity, item.UnitPriceMinor)),
                ],
                [
                    .. order
                        .History.OrderBy(change => change.At)
                        .ThenBy(change => change.Status)
                        .Select(change => new OrderDescriptionChange(Spelled(change.Status), change.At)),
                ],
                order.CancelReason,
                order.CancellationRequestedAt
            );
    }

    private static string Spelled(OrderStatus status) => JsonNamingPolicy.CamelCase.ConvertName(status.ToString());
}
