namespace Notifications.Tests;

/// <summary>Notifications that hands its mails to a mail server.</summary>
public sealed class SmtpFixture : NotificationsFixture, IAsyncDisposable
{
    internal MailServer Server { get; } = new();

    protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?>(base.Settings, StringComparer.OrdinalIgnoreCase)
        {
            ["notifications:Smtp:Host"] = "127.0.0.1",
            ["notifications:Smtp:Port"] = $"{Server.Port}",
            ["notifications:Smtp:Tls"] = "None",
            ["notifications:TimeLimit"] = "00:00:00.500",
        };

    protected override Task Started()
    {
        FailsOnParked = false;
        return Task.CompletedTask;
    }
}
