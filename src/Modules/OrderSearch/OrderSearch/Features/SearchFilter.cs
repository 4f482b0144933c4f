using System.Security.Cryptography;
using System.Text.Json;
using BuildingBlocks.Application;
using Microsoft.EntityFrameworkCore;
using OrderSearch.Domain;

namespace OrderSearch.Features;

/// <summary>
/// What a search looks for, read from a <see cref="SearchOrders"/> that is valid. A null lets everything through.
/// </summary>
internal sealed record SearchFilter(
    string? Country,
    string? Sku,
    string? Text,
    DateTimeOffset? ConfirmedSince,
    OrderStatus? Status
)
{
    public const int FingerprintLength = 8;

    public static SearchFilter Of(SearchOrders query) =>
        new(
            query.Country,
            query.Sku is null ? null : Domain.Sku.Normalize(query.Sku),
            query.Text,
            query.ConfirmedSince is null ? null : Time.Parse(query.ConfirmedSince),
            query.Status is null ? null : Enum.Parse<OrderStatus>(query.Status, ignoreCase: true)
        );

    /// <summary>
    /// Equal filters have equal fingerprints, and others practically never: a cursor carries it, to be refused by
    /// another search.
    /// </summary>
    public ReadOnlySpan<byte> Fingerprint() =>
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this)).AsSpan(0, FingerprintLength);

    /// <summary>
    /// The orders it lets through behind the cursor, latest first. Each order has an index that begins with what is
    /// compared for equality.
    /// </summary>
    public IQueryable<SearchedOrder> Page(IQueryable<SearchedOrder> orders, KeysetCursor? after)
    {
        orders = Matching(orders.Where(order => order.PlacedAt != null));
        if (ConfirmedSince is { } since)
        {
            orders = orders.Where(order => order.ConfirmedAt >= since);
            orders = after is null
                ? orders
                : orders.Where(order =>
                    EF.Functions.LessThan(
                        ValueTuple.Create(order.ConfirmedAt, order.OrderId),
                        ValueTuple.Create((DateTimeOffset?)after.At, after.Id)
                    )
                );
            return orders.OrderByDescending(order => order.ConfirmedAt).ThenByDescending(order => order.OrderId);
        }

        orders = after is null
            ? orders
            : orders.Where(order =>
                EF.Functions.LessThan(
                    ValueTuple.Create(order.PlacedAt, order.OrderId),
                    ValueTuple.Create((DateTimeOffset?)after.At, after.Id)
                )
            );
        return orders.OrderByDescending(order => order.PlacedAt).ThenByDescending(order => order.OrderId);
    }

    /// <summary>Where the page after this order begins.</summary>
    public KeysetCursor CursorBehind(FoundOrder last) =>
        new(ConfirmedSince is null ? last.PlacedAt : last.ConfirmedAt!.Value, last.OrderId);

    private IQueryable<SearchedOrder> Matching(IQueryable<SearchedOrder> orders)
    {
        orders = Country is null ? orders : orders.Where(order => order.Country == Country);
        orders = Status is null ? orders : orders.Where(order => order.Status == Status);
        if (Sku is not null)
        {
            // As "all of these are among those" it can use the index of the array; as "this is one of those" it could
            // not.
            string[] wanted = [Sku];
            orders = orders.Where(order => wanted.All(sku => order.Skus.Contains(sku)));
        }

        return Text is null
            ? orders
            : orders.Where(order => order.Words.Matches(EF.Functions.WebSearchToTsQuery("simple", Text)));
    }
}
