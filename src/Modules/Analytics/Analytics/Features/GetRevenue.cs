using System.Globalization;
using Analytics.Domain;
using Analytics.Persistence;
using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Analytics.Features;

/// <summary>
/// Revenue of a span of days: what was confirmed on them less what was cancelled or returned on them, whenever that had
/// been sold. By whole orders, for by=product by their lines.
/// </summary>
/// <param name="By">day, country or product.</param>
/// <param name="From">First day, as 2026-01-31 in UTC; from the beginning when not given.</param>
/// <param name="To">Last day, included; until the end when not given.</param>
internal sealed record GetRevenue(string? By, string? From, string? To) : IQuery<RevenueReport>
{
    public const string DayFormat = "yyyy-MM-dd";

    /// <summary>The day that a text means, or null when it is none.</summary>
    public static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;
}

/// <param name="Items">In the order of their keys, then currencies; only what was confirmed or cancelled at least
/// once.</param>
internal sealed record RevenueReport(string By, string? From, string? To, IReadOnlyList<RevenueItem> Items);

/// <param name="Key">The day as 2026-01-31, the country as an ISO 3166-1 alpha-2 code or <c>unknown</c>, or the
/// SKU.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="RevenueMinor">Confirmed less cancelled, in the currency's minor unit; negative where more came back
/// than went out.</param>
/// <param name="QuantityConfirmed">Pieces.</param>
/// <param name="QuantityCancelled">Pieces.</param>
internal sealed record RevenueItem(
    string Key,
    string Currency,
    long RevenueMinor,
    long ConfirmedMinor,
    long CancelledMinor,
    long OrdersConfirmed,
    long OrdersCancelled,
    long QuantityConfirmed,
    long QuantityCancelled
);

internal sealed class GetRevenueValidator : AbstractValidator<GetRevenue>
{
    public GetRevenueValidator()
    {
        RuleFor(query => query.By)
            .Must(by => by is "day" or "country" or "product")
            .RefusedAs(AnalyticsErrors.UnknownBy);
        RuleFor(query => query.From)
            .Must(from => from is null || GetRevenue.Day(from) is not null)
            .RefusedAs(AnalyticsErrors.InvalidDay);
        RuleFor(query => query.To)
            .Must(to => to is null || GetRevenue.Day(to) is not null)
            .RefusedAs(AnalyticsErrors.InvalidDay)
            .Must(
                (query, to) =>
                    GetRevenue.Day(query.From) is not { } first || GetRevenue.Day(to) is not { } last || first <= last
            )
            .RefusedAs(AnalyticsErrors.UpsideDown);
    }
}

internal sealed class GetRevenueHandler(AnalyticsDbContext db) : IQueryHandler<GetRevenue, RevenueReport>
{
    private const string ByDay = $"""select day::text as "Key", {Sums} from revenue_by_country {OfSpan}""";

    private const string ByCountry = $"""select country as "Key", {Sums} from revenue_by_country {OfSpan}""";

    private const string ByProduct = $"""select sku as "Key", {Sums} from revenue_by_product {OfSpan}""";

    private const string Sums = """
        currency as "Currency",
        sum(case entry when 'confirmed' then amount_minor else -amount_minor end)::bigint as "RevenueMinor",
        coalesce(sum(amount_minor) filter (where entry = 'confirmed'), 0)::bigint as "ConfirmedMinor",
        coalesce(sum(amount_minor) filter (where entry = 'cancelled'), 0)::bigint as "CancelledMinor",
        coalesce(sum(orders) filter (where entry = 'confirmed'), 0)::bigint as "OrdersConfirmed",
        coalesce(sum(orders) filter (where entry = 'cancelled'), 0)::bigint as "OrdersCancelled",
        coalesce(sum(quantity) filter (where entry = 'confirmed'), 0)::bigint as "QuantityConfirmed",
        coalesce(sum(quantity) filter (where entry = 'cancelled'), 0)::bigint as "QuantityCancelled"
        """;

    private const string OfSpan = """where day between {0} and {1} group by 1, 2 order by 1, 2""";

    public async Task<Result<RevenueReport>> Handle(GetRevenue query, CancellationToken cancellationToken)
    {
        var report = query.By switch
        {
            "day" => ByDay,
            "country" => ByCountry,
            _ => ByProduct,
        };
        try
        {
            var items = await db
                .Database.SqlQueryRaw<RevenueItem>(
                    report,
                    GetRevenue.Day(query.From) ?? DateOnly.MinValue,
                    GetRevenue.Day(query.To) ?? DateOnly.MaxValue
                )
                .ToListAsync(cancellationToken);
            return new RevenueReport(query.By!, query.From, query.To, items);
        }
        catch (PostgresException overflow) when (overflow.SqlState is PostgresErrorCodes.NumericValueOutOfRange)
        {
            return AnalyticsErrors.SumTooLarge;
        }
    }
}

internal sealed class GetRevenueEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/analytics/revenue", (string? by, string? from, string? to, Sender sender, CancellationToken ct) =>
                sender.Ok(new GetRevenue(by, from, to), ct)
            )
            .ReadsProjection()
            .RequireAuthorization(Policies.Admin)
            .Refuses(
                AnalyticsErrors.UnknownBy,
                AnalyticsErrors.InvalidDay,
                AnalyticsErrors.UpsideDown,
                AnalyticsErrors.SumTooLarge
            );
}
