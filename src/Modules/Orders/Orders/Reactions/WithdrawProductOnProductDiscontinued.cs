using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Catalog.Contracts;
using Orders.Persistence;

namespace Orders.Reactions;

internal sealed class WithdrawProductOnProductDiscontinued(OrdersDbContext db) : IReaction<ProductDiscontinuedV1>
{
    public async Task Handle(
        ProductDiscontinuedV1 discontinued,
        EventContext context,
        CancellationToken cancellationToken
    )
    {
        var product = await db.CopyOfProduct(discontinued.Sku, cancellationToken);
        product.Discontinued = true;
    }
}
