namespace Notifications.Domain;

/// <summary>A mail that was handed over: to a mail server, or to the pickup folder.</summary>
internal sealed class SentMail
{
    /// <summary>The event that it tells of; it is never told of twice.</summary>
    public required Guid EventId { get; init; }

    /// <summary>Of Orders.</summary>
    public required Guid OrderId { get; init; }

    /// <summary>What it tells.</summary>
    public required MailKind Kind { get; init; }

    /// <summary>The address it went to.</summary>
    public required string Recipient { get; init; }

    /// <summary>What it was handed to: smtp or pickup.</summary>
    public required string Transport { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset SentAt { get; init; }
}
