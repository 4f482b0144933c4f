using System.Net.Sockets;
using System.Text;

namespace BuildingBlocks.Tests.Web;

/// <summary>A body that takes its time.</summary>
public sealed class SlowBodyTests
{
    private const string Json = """{"name": "slow"}""";
    private const string Form = "name=slow&more=x";
    private const string JsonType = "application/json";
    private const string FormType = "application/x-www-form-urlencoded";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/things", JsonType)]
    [InlineData("/token", FormType)]
    [InlineData("/forms", "multipart/form-data; boundary=x")]
    public async Task Is_not_waited_for_longer_than_a_request_may_take(string address, string type)
    {
        await using var app = await Start(new() { RequestTimeout = TimeSpan.FromSeconds(1) });
        using var client = await Connect(app, address, type, length: 1_000_000);

        var answer = ReadAnswer(client);
        await DripUntil(answer, client);

        (await answer).ShouldStartWith("HTTP/1.1 408 ");
        (await answer).ShouldContain("Connection: close");
        (await answer).ShouldContain("request.too-slow");
        app.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/things", JsonType, Json)]
    [InlineData("/token", FormType, Form)]
    public async Task Is_received_while_the_host_stops(string address, string type, string body)
    {
        await using var app = await Start(new());
        using var client = await Connect(app, address, type, body.Length);
        await Write(client, body[..8]);
        await app.Arrived.Task.WaitAsync(Cancellation);

        var stopped = app.App.StopAsync(Cancellation);
        await ListensNoMore(app.Address);
        var answer = ReadAnswer(client);
        foreach (var letter in body[8..])
        {
            await Write(client, $"{letter}");
            await Task.Delay(20, Cancellation);
        }

        (await answer).ShouldStartWith("HTTP/1.1 200 ");
        (await answer).ShouldContain("Connection: close");
        await stopped;
        app.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/things", JsonType, Json)]
    [InlineData("/token", FormType, Form)]
    public async Task Is_refused_before_the_host_has_stopped(string address, string type, string body)
    {
        await using var app = await Start(new() { ShutdownTimeout = TimeSpan.FromSeconds(4) });
        using var client = await Connect(app, address, type, body.Length);
        await Write(client, body[..8]);
        await app.Arrived.Task.WaitAsync(Cancellation);

        var stopped = app.App.StopAsync(Cancellation);

        var answer = await ReadAnswer(client);
        answer.ShouldStartWith("HTTP/1.1 503 ");
        answer.ShouldContain("Connection: close");
        answer.ShouldContain("Retry-After: ");
        await stopped;
        app.Errors.ShouldBeEmpty();
    }

    private static async Task<InputApp> Start(InputApp app)
    {
        await app.InitializeAsync();
        return app;
    }

    private static async Task<TcpClient> Connect(InputApp app, string address, string type, int length)
    {
        TcpClient client = new();
        await client.ConnectAsync(app.Address.Host, app.Address.Port, Cancellation);
        await Write(
            client,
            $"POST {address} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n\r\n"
        );
        return client;
    }

    private static async Task Write(TcpClient client, string text) =>
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), Cancellation);

    /// <summary>
    /// One answer, whose last chunk is empty; the server may hold the connection for a while, for what is still to
    /// come.
    /// </summary>
    private static async Task<string> ReadAnswer(TcpClient client)
    {
        StringBuilder answer = new();
        var buffer = new byte[4096];
        while (!answer.ToString().EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
        {
            var count = await client.GetStream().ReadAsync(buffer, Cancellation);
            count.ShouldBeGreaterThan(0, answer.ToString());
            answer.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return answer.ToString();
    }

    private static async Task DripUntil(Task answered, TcpClient client)
    {
        while (!answered.IsCompleted)
        {
            try
            {
                await Write(client, " ");
            }
            catch (IOException)
            {
                // The server has hung up.
                return;
            }

            await Task.Delay(20, Cancellation);
        }
    }

    private static async Task ListensNoMore(Uri address)
    {
        while (true)
        {
            using TcpClient client = new();
            try
            {
                await client.ConnectAsync(address.Host, address.Port, Cancellation);
            }
            catch (SocketException)
            {
                return;
            }

            await Task.Delay(20, Cancellation);
        }
    }
}
