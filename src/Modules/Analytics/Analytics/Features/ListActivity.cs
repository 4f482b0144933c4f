using Analytics.Domain;
using Analytics.Persistence;
using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Analytics.Features;

/// <summary>
/// What happened in orders, payments, customers and accounts, latest first. Names no person; who was meant, their
/// module tells.
/// </summary>
/// <param name="Cursor">The <c>nextCursor</c> of the page before; null for the first page.</param>
/// <param name="Limit">1 to 100 a page, 50 when not given.</param>
internal sealed record ListActivity(string? Cursor, int? Limit) : IQuery<ActivityPage>
{
    public const int DefaultLimit = 50;

    public const int MaxLimit = AnalyticsErrors.MaxLimit;
}

/// <param name="NextCursor">Null on the last page.</param>
internal sealed record ActivityPage(IReadOnlyList<ActivityItem> Items, string? NextCursor);

/// <param name="OccurredAt">When it was written here, UTC; what was imported has happened long before.</param>
/// <param name="Type">The event's name, such as order.confirmed.</param>
/// <param name="SubjectId">The order of order.* and payment.*, the customer of customer.*, the account of
/// user.*.</param>
/// <param name="AmountMinor">In the currency's minor unit; null when it was not about money.</param>
/// <param name="Currency">ISO 4217 code; null when it was not about money.</param>
internal sealed record ActivityItem(
    Guid EventId,
    DateTimeOffset OccurredAt,
    string Type,
    Guid SubjectId,
    long? AmountMinor,
    string? Currency
);

internal sealed class ListActivityValidator : AbstractValidator<ListActivity>
{
    public ListActivityValidator()
    {
        RuleFor(query => query.Cursor)
            .Must(cursor => cursor is null || KeysetCursor.Read(cursor) is not null)
            .RefusedAs(AnalyticsErrors.BadCursor);
        RuleFor(query => query.Limit)
            .InclusiveBetween(1, ListActivity.MaxLimit)
            .RefusedAs(AnalyticsErrors.InvalidLimit);
    }
}

internal sealed class ListActivityHandler(AnalyticsDbContext db) : IQueryHandler<ListActivity, ActivityPage>
{
    public async Task<Result<ActivityPage>> Handle(ListActivity query, CancellationToken cancellationToken)
    {
        var limit = query.Limit ?? ListActivity.DefaultLimit;
        var activity = db.Activity.AsNoTracking();
        if (query.Cursor is not null && KeysetCursor.Read(query.Cursor) is { } after)
        {
            activity = activity.Where(one =>
                EF.Functions.LessThan(
                    ValueTuple.Create(one.OccurredAt, one.EventId),
                    ValueTuple.Create(after.At, after.Id)
                )
            );
        }

        var found = await activity
            .OrderByDescending(one => one.OccurredAt)
            .ThenByDescending(one => one.EventId)
            .Take(limit + 1)
            .Select(one => new ActivityItem(
                one.EventId,
                one.OccurredAt,
                one.Type,
                one.SubjectId,
                one.AmountMinor,
                one.Currency
            ))
            .ToListAsync(cancellationToken);
        return found.Count > limit
            ? new ActivityPage(
                found[..limit],
                new KeysetCursor(found[limit - 1].OccurredAt, found[limit - 1].EventId).ToText()
            )
            : new ActivityPage(found, NextCursor: null);
    }
}

internal sealed class ListActivityEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/analytics/activity", (string? cursor, int? limit, Sender sender, CancellationToken ct) =>
                sender.Ok(new ListActivity(cursor, limit), ct)
            )
            .ReadsProjection()
            .RequireAuthorization(Policies.Admin)
            .Refuses(AnalyticsErrors.BadCursor, AnalyticsErrors.InvalidLimit);
}
