using System.Text.Json;
using BuildingBlocks.Application;
using BuildingBlocks.Reference;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using OrderSearch.Domain;
using OrderSearch.Persistence;

namespace OrderSearch.Features;

/// <summary>
/// Finds orders that meet all the filters given: an admin everybody's, others those of their own customers. Latest
/// first, by confirmation when confirmedSince is given and by placing otherwise.
/// </summary>
/// <param name="Country">ISO 3166-1 alpha-2 code of where the customer is at home now.</param>
/// <param name="Sku">A product the order holds, in any case.</param>
/// <param name="Text">Words of product names in any case, up to 200 characters; "in quotes" a phrase, -word must not
/// occur, or between two takes either.</param>
/// <param name="ConfirmedSince">ISO 8601 date or time; lets through what was confirmed then or later, also if it was
/// cancelled afterwards.</param>
/// <param name="Status">placed, confirmed, shipped, delivered or cancelled.</param>
/// <param name="Cursor">The <c>nextCursor</c> of the page before, with the same filters; null for the first
/// page.</param>
/// <param name="Limit">1 to 100 orders a page, 20 when not given.</param>
internal sealed record SearchOrders(
    string? Country,
    string? Sku,
    string? Text,
    string? ConfirmedSince,
    string? Status,
    string? Cursor,
    int? Limit
) : IQuery<SearchOrdersAnswer>
{
    public const int DefaultLimit = 20;

    public const int MaxLimit = SearchErrors.MaxLimit;

    public const int MaxTextLength = SearchErrors.MaxTextLength;
}

/// <param name="NextCursor">Null on the last page.</param>
internal sealed record SearchOrdersAnswer(IReadOnlyList<FoundOrder> Items, string? NextCursor);

/// <param name="CustomerName">As the customer is called now; null while unknown here.</param>
/// <param name="Country">Where the customer is at home now, as an ISO 3166-1 alpha-2 code; null while unknown
/// here.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="TotalMinor">In the currency's minor unit, taxes included.</param>
/// <param name="PlacedAt">UTC; for an order that entered confirmed or returned, when that was.</param>
/// <param name="ConfirmedAt">UTC; null when it was not.</param>
/// <param name="LineCount">How many lines the order has.</param>
/// <param name="Items">Its lines of the product searched for; without sku the first ten. Orders tells all of
/// them.</param>
internal sealed record FoundOrder(
    Guid OrderId,
    Guid CustomerId,
    string? CustomerName,
    string? Country,
    OrderStatus Status,
    string Currency,
    long TotalMinor,
    DateTimeOffset PlacedAt,
    DateTimeOffset? ConfirmedAt,
    int LineCount,
    IReadOnlyList<FoundOrderItem> Items
);

internal sealed class SearchOrdersValidator : AbstractValidator<SearchOrders>
{
    public SearchOrdersValidator(ReferenceData reference)
    {
        RuleFor(query => query.Country!)
            .CountryCode(reference)
            .RefusedAs(SearchErrors.UnknownCountry)
            .When(query => query.Country is not null);
        RuleFor(query => query.Sku).Must(sku => sku is null || Sku.IsValid(sku)).RefusedAs(SearchErrors.InvalidSku);
        RuleFor(query => query.Text)
            .Must(text => text is null || IsSearchable(text))
            .RefusedAs(SearchErrors.InvalidText);
        RuleFor(query => query.ConfirmedSince)
            .Must(time => time is null || Time.Parse(time) is not null)
            .RefusedAs(SearchErrors.InvalidTime);
        RuleFor(query => query.Status)
            .Must(status => status is null || SearchErrors.Statuses.Contains(status, StringComparer.Ordinal))
            .RefusedAs(SearchErrors.UnknownStatus);
        RuleFor(query => query.Cursor)
            .Must(cursor => cursor is null || cursor.Length == KeysetCursor.TextLength(SearchFilter.FingerprintLength))
            .RefusedAs(SearchErrors.BadCursor);
        RuleFor(query => query.Limit).InclusiveBetween(1, SearchOrders.MaxLimit).RefusedAs(SearchErrors.InvalidLimit);
    }

    private static bool IsSearchable(string text) =>
        text.Length <= SearchOrders.MaxTextLength
        && text.Any(char.IsLetterOrDigit)
        && !text.Contains('\0', StringComparison.Ordinal);
}

internal sealed class SearchOrdersHandler(OrderSearchDbContext db, Caller caller)
    : IQueryHandler<SearchOrders, SearchOrdersAnswer>
{
    public async Task<Result<SearchOrdersAnswer>> Handle(SearchOrders query, CancellationToken cancellationToken)
    {
        var filter = SearchFilter.Of(query);
        var after = query.Cursor is null ? null : KeysetCursor.Read(query.Cursor, filter.Fingerprint());
        if (after is null && query.Cursor is not null)
        {
            return SearchErrors.BadCursor.At("cursor");
        }

        var limit = query.Limit ?? SearchOrders.DefaultLimit;
        var found = await filter
            .Page(Visible(), after)
            .Take(limit + 1)
            .Select(order => new FoundOrder(
                order.OrderId,
                order.CustomerId!.Value,
                order.CustomerName,
                order.Country,
                order.Status,
                order.Currency!,
                order.TotalMinor!.Value,
                order.PlacedAt!.Value,
                order.ConfirmedAt,
                0,
                Array.Empty<FoundOrderItem>()
            ))
            .ToListAsync(cancellationToken);
        var page = found.Take(limit).ToArray();
        return new SearchOrdersAnswer(
            await WithLines(page, filter.Sku, cancellationToken),
            found.Count > limit ? filter.CursorBehind(page[^1]).ToText(filter.Fingerprint()) : null
        );
    }

    // By themselves, because an order may have a thousand lines: those of the page are read and cut, not those of all
    // orders that are sorted for it.
    private async Task<IReadOnlyList<FoundOrder>> WithLines(
        FoundOrder[] page,
        string? sku,
        CancellationToken cancellationToken
    )
    {
        if (page.Length == 0)
        {
            return page;
        }

        var ids = page.Select(order => order.OrderId).ToArray();
        var lines = await db
            .Database.SqlQuery<ShownLines>(
                $"""
                select order_id as "OrderId", jsonb_array_length(items) as "Count",
                  case when {sku}::text is null then jsonb_path_query_array(items, '$[0 to 9]')
                       else jsonb_path_query_array(items, '$[*] ? (@.sku == $sku)', jsonb_build_object('sku', {sku}::text)) end::text as "Items"
                from order_search where order_id = any ({ids})
                """
            )
            .ToDictionaryAsync(one => one.OrderId, cancellationToken);
        return
        [
            .. from order in page
            let shown = lines[order.OrderId]
            select order with
            {
                LineCount = shown.Count,
                Items = JsonSerializer.Deserialize<FoundOrderItem[]>(shown.Items, FoundOrderItem.Json)!,
            },
        ];
    }

    private IQueryable<SearchedOrder> Visible()
    {
        var orders = db.Orders.AsNoTracking();
        // Orders of customers without account are admins' business, also when nobody is signed in.
        return caller.IsAdmin
            ? orders
            : orders.Where(order => order.CustomerUserId != null && order.CustomerUserId == caller.UserId);
    }
}

/// <param name="Items">A JSON array of <see cref="FoundOrderItem"/>.</param>
internal sealed record ShownLines(Guid OrderId, int Count, string Items);

internal sealed class SearchOrdersEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/order-search",
                (
                    string? country,
                    string? sku,
                    string? text,
                    string? confirmedSince,
                    string? status,
                    string? cursor,
                    int? limit,
                    Sender sender,
                    CancellationToken ct
                ) => sender.Ok(new SearchOrders(country, sku, text, confirmedSince, status, cursor, limit), ct)
            )
            .ReadsProjection()
            .RequireAuthorization(Policies.Customer)
            .Refuses(
                SearchErrors.UnknownCountry,
                SearchErrors.InvalidSku,
                SearchErrors.InvalidText,
                SearchErrors.InvalidTime,
                SearchErrors.UnknownStatus,
                SearchErrors.BadCursor,
                SearchErrors.InvalidLimit
            );
}
