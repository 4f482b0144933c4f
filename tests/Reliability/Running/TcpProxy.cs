using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Reliability.Running;

/// <summary>
/// Stands between a Host and PostgreSQL, and cuts or stalls their connections when told to, also between a commit and
/// its answer.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    // How a commit looks on the wire: the text of a simple query, ended by a zero.
    private static readonly byte[] Commit = "COMMIT\0"u8.ToArray();
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Link, bool> links = [];
    private readonly int target;
    private readonly Task accepting;
    private volatile TaskCompletionSource? stall;
    private int armed;
    private int cutInCommit;

    public TcpProxy(int target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How many connections were cut after the commit was passed on and before its answer came back.</summary>
    public int CutInCommit => cutInCommit;

    /// <summary>The next commits are passed on and never answered.</summary>
    public void CutNextCommits(int count) => Interlocked.Exchange(ref armed, count);

    /// <summary>Nothing passes in either direction, on any connection, until resumed.</summary>
    public void Stall() => stall = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume()
    {
        var held = stall;
        stall = null;
        held?.TrySetResult();
    }

    /// <summary>Cuts every connection, and says how many.</summary>
    public int CutAll()
    {
        var all = links.Keys.ToArray();
        Array.ForEach(all, link => link.Cut());
        return all.Length;
    }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        Resume();
        CutAll();
        await accepting;
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptSocketAsync());
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        Socket server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        Link link = new(client, server);
        links[link] = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, target);
            await Task.WhenAny(
                PumpAsync(link, client, server, fromClient: true),
                PumpAsync(link, server, client, fromClient: false)
            );
        }
        catch (SocketException)
        {
            // PostgreSQL is down; so is this connection.
        }
        finally
        {
            links.TryRemove(link, out _);
            link.Cut();
        }
    }

    private async Task PumpAsync(Link link, Socket from, Socket to, bool fromClient)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                if (stall is { } held)
                {
                    await held.Task;
                }

                var data = buffer.AsMemory(0, count);
                if (
                    fromClient
                    && Volatile.Read(ref armed) > 0
                    && data.Span.IndexOf(Commit) >= 0
                    && Interlocked.Decrement(ref armed) >= 0
                )
                {
                    link.IsDoomed = true;
                    await to.SendAsync(data);

                    // The answer is what the other direction takes off the wire and keeps.
                    await Task.WhenAny(link.Answered.Task, Task.Delay(AnswerLimit));
                    Interlocked.Increment(ref cutInCommit);
                    link.Cut();
                    return;
                }

                if (!fromClient && link.IsDoomed)
                {
                    link.Answered.TrySetResult();
                    continue;
                }

                await SendAllAsync(to, data);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // One side is gone; the other follows.
        }
    }

    private static async Task SendAllAsync(Socket to, ReadOnlyMemory<byte> data)
    {
        while (data.Length > 0)
        {
            data = data[await to.SendAsync(data)..];
        }
    }

    private sealed class Link(Socket client, Socket server)
    {
        public volatile bool IsDoomed;

        public TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Both sides see a reset.</summary>
        public void Cut()
        {
            try
            {
                client.LingerState = new(true, 0);
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                // It was cut before.
            }

            client.Close();
            server.Close();
        }
    }
}
