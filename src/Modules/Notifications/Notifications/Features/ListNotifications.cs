using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Notifications.Domain;
using Notifications.Persistence;

namespace Notifications.Features;

/// <summary>Lists what was written to the customer about an order, oldest first.</summary>
/// <param name="OrderId" example="0198a000-0000-7000-8000-000000000001">As placing the order answered it.</param>
/// <param name="Cursor">The <c>nextCursor</c> of the page before; null for the first page.</param>
/// <param name="Limit">1 to 100 a page, 50 when not given.</param>
internal sealed record ListNotifications(Guid OrderId, string? Cursor, int? Limit) : IQuery<NotificationsPage>
{
    public const int DefaultLimit = 50;
}

/// <param name="NextCursor">Null on the last page.</param>
internal sealed record NotificationsPage(IReadOnlyList<NotificationsItem> Items, string? NextCursor);

/// <param name="EventId">The event that the mail tells of; its Message-Id begins with it.</param>
/// <param name="Recipient">The address that the mail went to.</param>
/// <param name="Transport">smtp: a mail server has taken it. pickup: it is a file in the pickup folder.</param>
/// <param name="SentAt">UTC.</param>
internal sealed record NotificationsItem(
    Guid EventId,
    MailKind Kind,
    string Recipient,
    string Transport,
    DateTimeOffset SentAt
);

internal sealed class ListNotificationsValidator : AbstractValidator<ListNotifications>
{
    public ListNotificationsValidator()
    {
        RuleFor(query => query.OrderId).NotEmpty();
        RuleFor(query => query.Cursor)
            .Must(
                (query, cursor) => cursor is null || KeysetCursor.Read(cursor, query.OrderId.ToByteArray()) is not null
            )
            .RefusedAs(NotificationErrors.BadCursor);
        RuleFor(query => query.Limit)
            .InclusiveBetween(1, NotificationErrors.MaxLimit)
            .RefusedAs(NotificationErrors.InvalidLimit);
    }
}

internal sealed class ListNotificationsHandler(NotificationsDbContext db)
    : IQueryHandler<ListNotifications, NotificationsPage>
{
    public async Task<Result<NotificationsPage>> Handle(ListNotifications query, CancellationToken cancellationToken)
    {
        var limit = query.Limit ?? ListNotifications.DefaultLimit;
        var filter = query.OrderId.ToByteArray();
        var mails = db.Mails.AsNoTracking().Where(mail => mail.OrderId == query.OrderId);
        if (query.Cursor is not null && KeysetCursor.Read(query.Cursor, filter) is { } after)
        {
            mails = mails.Where(mail =>
                EF.Functions.GreaterThan(
                    ValueTuple.Create(mail.SentAt, mail.EventId),
                    ValueTuple.Create(after.At, after.Id)
                )
            );
        }

        var found = await mails
            .OrderBy(mail => mail.SentAt)
            .ThenBy(mail => mail.EventId)
            .Take(limit + 1)
            .Select(mail => new NotificationsItem(mail.EventId, mail.Kind, mail.Recipient, mail.Transport, mail.SentAt))
            .ToListAsync(cancellationToken);
        return found.Count > limit
            ? new NotificationsPage(
                found[..limit],
                new KeysetCursor(found[limit - 1].SentAt, found[limit - 1].EventId).ToText(filter)
            )
            : new NotificationsPage(found, NextCursor: null);
    }
}

internal sealed class ListNotificationsEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/notifications", (Guid orderId, string? cursor, int? limit, Sender sender, CancellationToken ct) =>
                sender.Ok(new ListNotifications(orderId, cursor, limit), ct)
            )
            .RequireAuthorization(Policies.Admin)
            .Refuses(NotificationErrors.BadCursor, NotificationErrors.InvalidLimit);
}
