using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Notifications.Mailing;

/// <summary>Hands mails to a mail server, each in a session of its own.</summary>
internal sealed class SmtpMailer(IOptions<NotificationsOptions> options) : IMailer
{
    public string Transport => "smtp";

    public async Task SendAsync(MimeMessage mail, CancellationToken cancellationToken)
    {
        var (smtp, timeLimit) = (options.Value.Smtp, options.Value.TimeLimit);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeLimit);
        try
        {
            using SmtpClient client = new();
            await client.ConnectAsync(smtp.Host!, smtp.Port, SecurityOf(smtp.Tls), limit.Token);
            if (smtp.User is { } user)
            {
                await client.AuthenticateAsync(user, smtp.Password!, limit.Token);
            }

            await client.SendAsync(mail, limit.Token);

            // The server has taken the mail. One that dies over the farewell has it all the same.
            await client.DisconnectAsync(quit: false, CancellationToken.None);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"The mail server {smtp.Host}:{smtp.Port} took longer than notifications:TimeLimit, {timeLimit}; "
                    + "whether it has the mail is unknown.",
                late
            );
        }
    }

    private static SecureSocketOptions SecurityOf(SmtpTls tls) =>
        tls switch
        {
            SmtpTls.Implicit => SecureSocketOptions.SslOnConnect,
            SmtpTls.None => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        };
}
