using System.Globalization;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Freshness;
using BuildingBlocks.Reference;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MimeKit;
using Notifications.Domain;
using Notifications.Persistence;
using Orders.Contracts;

namespace Notifications.Mailing;

/// <summary>What a customer is to be told about an order.</summary>
/// <param name="Kind">What the mail tells.</param>
/// <param name="OrderId">Of Orders.</param>
/// <param name="Name">As the event has it; null where it does not say.</param>
/// <param name="Email">As the event has it; null where it does not say.</param>
internal sealed record Told(MailKind Kind, Guid OrderId, string? Name, string? Email)
{
    /// <summary>In the currency's minor unit, and its ISO 4217 code; null where the mail names none.</summary>
    public (long Minor, string Currency)? Amount { get; init; }

    /// <summary>Why, for the customer to read; null where the mail gives none.</summary>
    public string? Reason { get; init; }

    /// <summary>The goods it is about.</summary>
    public IReadOnlyList<OrderLine> Lines { get; init; } = [];
}

/// <summary>Writes to the customer of an order, once for each event, and keeps a list of it.</summary>
internal sealed class CustomerMail(
    NotificationsDbContext db,
    IMailer mailer,
    CatchUp catchUp,
    ReferenceData reference,
    IOptions<NotificationsOptions> options,
    TimeProvider clock
)
{
    /// <summary>
    /// How often it is waited for a copy of which this Host cannot tell whether it is behind: about a minute.
    /// </summary>
    private const int PatientAttempts = 5;

    /// <summary>Whether the order was placed in this shop, rather than imported from another.</summary>
    /// <exception cref="InvalidOperationException">That cannot be said at the moment.</exception>
    public async Task<bool> WasPlacedHereAsync(Guid orderId, EventContext context, CancellationToken cancellationToken)
    {
        if (await IsKnownAsync(orderId, cancellationToken))
        {
            return true;
        }

        // The copy is fed by another subscription, which may be behind this one.
        return await catchUp.With(db, "orders", cancellationToken) || context.Attempt > PatientAttempts
            ? await IsKnownAsync(orderId, cancellationToken)
            : throw new InvalidOperationException(
                $"The copy of orders may be behind, so {orderId} may not be known yet."
            );
    }

    /// <summary>Sends a mail about an event, unless that was done before.</summary>
    /// <param name="told">What the mail says.</param>
    /// <param name="context">The event; its id is that of the mail, by which a receiver knows a repeated one.</param>
    /// <param name="cancellationToken">Ends the attempt; whether the mail was sent is unknown then.</param>
    /// <exception cref="InvalidOperationException">Nobody knows yet how the customer is written to.</exception>
    public async Task SendAsync(Told told, EventContext context, CancellationToken cancellationToken)
    {
        if (await db.Mails.AnyAsync(mail => mail.EventId == context.EventId, cancellationToken))
        {
            return;
        }

        var (name, email) = await RecipientAsync(told, cancellationToken);
        using var mail = MailTemplates.Write(
            told.Kind,
            await ValuesAsync(told, name, cancellationToken),
            LinesOf(told)
        );
        var from = MailboxAddress.Parse(options.Value.From);
        mail.From.Add(from);
        mail.To.Add(new MailboxAddress(name, email));
        mail.Date = clock.GetUtcNow();
        mail.MessageId = $"{context.EventId:N}@{from.Domain}";
        await mailer.SendAsync(mail, cancellationToken);
        db.Add(
            new SentMail
            {
                EventId = context.EventId,
                OrderId = told.OrderId,
                Kind = told.Kind,
                Recipient = email,
                Transport = mailer.Transport,
                SentAt = clock.GetUtcNow(),
            }
        );
    }

    private Task<bool> IsKnownAsync(Guid orderId, CancellationToken cancellationToken) =>
        db.Orders.AnyAsync(order => order.OrderId == orderId, cancellationToken);

    private async Task<(string Name, string Email)> RecipientAsync(Told told, CancellationToken cancellationToken)
    {
        if (told is { Name: { } name, Email: { } email })
        {
            return (name, email);
        }

        if (await db.CustomerOf(told.OrderId, cancellationToken) is not { } customer)
        {
            await catchUp.With(db, "orders", cancellationToken);
            await catchUp.With(db, "customers", cancellationToken);
            customer = await db.CustomerOf(told.OrderId, cancellationToken)
                ?? throw new InvalidOperationException(
                    $"It is not known, or not yet, how the customer of order {told.OrderId} is written to."
                );
        }

        return (customer.Name, customer.Email);
    }

    private async Task<Dictionary<string, string>> ValuesAsync(
        Told told,
        string name,
        CancellationToken cancellationToken
    ) =>
        new(StringComparer.Ordinal)
        {
            ["name"] = name,
            ["order"] = told.OrderId.ToString(),
            ["amount"] = told.Amount is { } amount
                ? await AmountAsync(amount.Minor, amount.Currency, cancellationToken)
                : "",
            ["reason"] = told.Reason ?? "",
        };

    private async Task<string> AmountAsync(long minor, string currency, CancellationToken cancellationToken)
    {
        var digits = (await reference.ReadAsync(typeof(CustomerMail), cancellationToken)).Currency(currency)?.MinorUnits
            ?? 2;
        var major = minor / (decimal)Math.Pow(10, digits);
        return $"{major.ToString($"N{digits}", CultureInfo.InvariantCulture)} {currency}";
    }

    private static IReadOnlyList<IReadOnlyDictionary<string, string>> LinesOf(Told told) =>
        [
            .. told.Lines.Select(line => new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["quantity"] = line.Quantity.ToString(CultureInfo.InvariantCulture),
                ["product"] = line.ProductName,
            }),
        ];
}
