using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Notifications.Tests;

/// <summary>
/// A mail server that speaks SMTP over a socket, keeps what it was given in memory, and misbehaves as a test likes.
/// </summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource closing = new();
    private readonly Task serving;

    public MailServer()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>
    /// How it answers a command, such as RCPT; null as it should. After DATA comes "." for the mail itself.
    /// </summary>
    public Func<string, string?> Answer { get; set; } = _ => null;

    /// <summary>At which command it closes the connection without a word.</summary>
    public string? DiesAt { get; set; }

    /// <summary>At which command it falls silent until the client hangs up.</summary>
    public string? StallsAt { get; set; }

    /// <summary>The mails it has taken.</summary>
    public ConcurrentQueue<string> Taken { get; } = [];

    public void Behave() => (Answer, DiesAt, StallsAt) = (_ => null, null, null);

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        listener.Dispose();
        await serving;
        closing.Dispose();
    }

    private async Task ServeAsync()
    {
        List<Task> sessions = [];
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(closing.Token);
                sessions.Add(TalkAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        {
            await using var stream = client.GetStream();
            using StreamReader reader = new(stream);
            await using StreamWriter writer = new(stream) { NewLine = "\r\n", AutoFlush = true };
            try
            {
                await writer.WriteLineAsync("220 mail.example");
                while (await reader.ReadLineAsync(closing.Token) is { } line)
                {
                    var command = line.Split(' ', ':')[0].ToUpperInvariant();
                    var mail = command is "DATA" ? await TakeAsync(reader, writer) : null;
                    if (mail is not null)
                    {
                        command = ".";
                    }

                    if (string.Equals(command, StallsAt, StringComparison.Ordinal))
                    {
                        await reader.ReadLineAsync(closing.Token);
                        return;
                    }

                    var refusal = Answer(command);
                    if (mail is not null && refusal is null)
                    {
                        Taken.Enqueue(mail);
                    }

                    if (string.Equals(command, DiesAt, StringComparison.Ordinal))
                    {
                        return;
                    }

                    await writer.WriteLineAsync(refusal ?? (command is "QUIT" ? "221 bye" : "250 ok"));
                }
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                // The client has hung up, or the test is over.
            }
        }
    }

    private async Task<string> TakeAsync(StreamReader reader, StreamWriter writer)
    {
        await writer.WriteLineAsync("354 go on");
        List<string> lines = [];
        while (await reader.ReadLineAsync(closing.Token) is { } line && line is not ".")
        {
            lines.Add(line);
        }

        return string.Join('\n', lines);
    }
}
