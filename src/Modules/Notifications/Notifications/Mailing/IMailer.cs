using MimeKit;

namespace Notifications.Mailing;

/// <summary>Hands mails over to whoever takes them to their recipients.</summary>
internal interface IMailer
{
    /// <summary>What it is called in the list of mails: smtp or pickup.</summary>
    string Transport { get; }

    /// <summary>Hands one mail over. Handed over twice, it has the same Message-Id.</summary>
    /// <exception cref="Exception">It was not handed over, or nobody knows whether it was.</exception>
    Task SendAsync(MimeMessage mail, CancellationToken cancellationToken);
}
