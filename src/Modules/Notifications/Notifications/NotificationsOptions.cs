using System.ComponentModel.DataAnnotations;
using MimeKit;

namespace Notifications;

/// <summary>Mails to customers: from whom, and through which server.</summary>
internal sealed class NotificationsOptions : IValidatableObject
{
    /// <summary>
    /// Who writes, such as <c>The shop &lt;orders@shop.example&gt;</c>; its domain is that of message ids.
    /// </summary>
    [Required]
    public string From { get; set; } = "The shop <orders@localhost>";

    /// <summary>
    /// Where mails are put as files, <c>.eml</c>, while no <c>notifications:Smtp:Host</c> is given; only the Host's
    /// account can read it. Default: `modules/notifications/mails` in
    /// the data folder.
    /// </summary>
    public string? PickupFolder { get; set; }

    /// <summary>
    /// How long handing one mail to the server may take; less than <c>EventLog:Outbound:TimeLimit</c>, which ends the
    /// whole call. 100 milliseconds to 10 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The server that mails are handed to.</summary>
    public SmtpOptions Smtp { get; set; } = new();

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!MailboxAddress.TryParse(From, out var from) || from.Domain.Length == 0)
        {
            yield return new(
                "notifications:From must be an address such as 'The shop <orders@shop.example>'.",
                [nameof(From)]
            );
        }

        if (Smtp.Port is < 1 or > 65_535)
        {
            yield return new("notifications:Smtp:Port must be 1 to 65535.", [nameof(Smtp)]);
        }

        if (Smtp.User is null != Smtp.Password is null)
        {
            yield return new(
                "notifications:Smtp:User and notifications:Smtp:Password are given together or not at all.",
                [nameof(Smtp)]
            );
        }

        if (Smtp is { User: not null, Tls: SmtpTls.None })
        {
            yield return new(
                "notifications:Smtp:Tls must not be None where a password is given; it would be sent for all to read.",
                [nameof(Smtp)]
            );
        }
    }
}

/// <summary>How the mail server is reached.</summary>
internal sealed class SmtpOptions
{
    /// <summary>Its name; null, the default, puts mails into the pickup folder instead.</summary>
    public string? Host { get; set; }

    /// <summary>1 to 65535.</summary>
    public int Port { get; set; } = 587;

    /// <summary>How the connection is kept secret.</summary>
    public SmtpTls Tls { get; set; } = SmtpTls.StartTls;

    /// <summary>Null where the server asks for none.</summary>
    public string? User { get; set; }

    /// <summary>
    /// By an environment variable or another secret store; never written into a file of the repository.
    /// </summary>
    public string? Password { get; set; }
}

/// <summary>How a connection to a mail server is kept secret.</summary>
internal enum SmtpTls
{
    /// <summary>Begins in the clear and must change to TLS before anything is said.</summary>
    StartTls,

    /// <summary>TLS from the first byte, as on port 465.</summary>
    Implicit,

    /// <summary>Not at all: for a server on the same machine.</summary>
    None,
}
