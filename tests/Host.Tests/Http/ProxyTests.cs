using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BuildingBlocks.Web;
using Host.Http;
using Host.Startup;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Host.Tests.Http;

/// <summary>Who a client is, directly and behind proxies, which are processes of their own.</summary>
public sealed class ProxyTests
{
    private const string Client = "127.0.0.11";
    private const string Outer = "127.0.0.22";
    private const string Inner = "127.0.0.23";
    private const int SignInsPerMinute = 5;

    // Passes on what it gets, from an address of its own, and adds where it came from.
    private const string Proxy = """
        const http = require("http"), [, from, port] = process.argv;
        http.createServer((asked, answer) => {
          const before = asked.headers["x-forwarded-for"], client = asked.socket.remoteAddress.replace("::ffff:", "");
          const headers = { ...asked.headers, "x-forwarded-for": before ? `${before}, ${client}` : client };
          asked.pipe(http.request({ host: "127.0.0.1", port, localAddress: from, method: asked.method, path: asked.url, headers }, got => {
            answer.writeHead(got.statusCode, got.headers);
            got.pipe(answer);
          }));
        }).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--Http:KnownProxies", "127.0.0.22, 127.0.0.23")]
    [InlineData("--Http:KnownNetworks", "127.0.0.20/30")]
    [InlineData("--Http:KnownProxies:0", "127.0.0.22", "--Http:KnownProxies:1", "127.0.0.23")]
    [InlineData("--Http:KnownProxies", "127.0.0.22,127.0.0.23", "--ForwardedHeaders_Enabled", "true")]
    public async Task Follows_a_client_through_known_proxies_and_believes_nobody_else(params string[] settings)
    {
        await using var app = await Start(settings);
        using var inner = await StartProxy(Inner, app.Port);
        using var outer = await StartProxy(Outer, inner.Port);

        (await Ask(outer.Port, "/address")).Text.ShouldBe(Client);
        (await Ask(outer.Port, "/address", forwardedFor: "198.51.100.1, 127.0.0.22")).Text.ShouldBe(Client);
        (await Ask(app.Port, "/address", forwardedFor: "198.51.100.1")).Text.ShouldBe(Client);
    }

    [Fact]
    public async Task Follows_no_further_than_it_is_told()
    {
        await using var app = await Start("--Http:KnownNetworks", "127.0.0.20/30", "--Http:ForwardLimit", "1");
        using var inner = await StartProxy(Inner, app.Port);
        using var outer = await StartProxy(Outer, inner.Port);

        (await Ask(outer.Port, "/address")).Text.ShouldBe(Outer);
    }

    [Theory]
    [InlineData("true", 1)]
    [InlineData("false", 0)]
    public async Task Counts_who_connects_while_no_proxy_is_known_and_says_so_when_the_headers_were_to_be_read(
        string isOn,
        int warnings
    )
    {
        await using var app = await Start(
            "--ForwardedHeaders_Enabled",
            isOn,
            "--RateLimits:SignInsPerMinute",
            $"{SignInsPerMinute}"
        );

        for (var tries = 0; tries < SignInsPerMinute; tries++)
        {
            (await Ask(app.Port, "/sign-in", forwardedFor: $"198.51.100.{tries}")).Status.ShouldBe(HttpStatusCode.OK);
        }

        (await Ask(app.Port, "/sign-in", forwardedFor: "198.51.100.99")).Status.ShouldBe(
            HttpStatusCode.TooManyRequests
        );
        app.Warnings.Count(line => line.Contains("Http:KnownProxies", StringComparison.Ordinal)).ShouldBe(warnings);
    }

    [Theory]
    [InlineData("Http:KnownProxies", "10.0.0.300", "\u002710.0.0.300\u0027 is no IP address")]
    [InlineData("Http:KnownProxies", "10.0.0.0/8", "\u002710.0.0.0/8\u0027 is no IP address")]
    [InlineData("Http:KnownNetworks", "10.0.0.1", "\u002710.0.0.1\u0027 is no network")]
    [InlineData("Http:KnownNetworks", "10.0.0.0/8,10.0.0.0/33", "\u002710.0.0.0/33\u0027 is no network")]
    [InlineData("Http:ForwardLimit", "0", "must be between 1 and 100")]
    public async Task Refuses_to_start_with_what_is_no_proxy(string setting, string value, string told)
    {
        var refusal = await Should.ThrowAsync<OptionsValidationException>(() => Start($"--{setting}", value));

        var message = StartUpFaults.Explain(refusal).ShouldNotBeNull();
        message.ShouldContain(
            $"{setting} (environment variable {setting.Replace(":", "__", StringComparison.Ordinal)})"
        );
        message.ShouldContain(told);
    }

    private static async Task<RunningApp> Start(params string[] settings)
    {
        RunningApp app = new(settings);
        await app.StartAsync();
        return app;
    }

    private static async Task<RunningProxy> StartProxy(string from, int port)
    {
        ProcessStartInfo start = new("node") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in new[] { "-e", Proxy, "--", from, $"{port}" })
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(Cancellation);
        return new(process, int.Parse(line!, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task<(HttpStatusCode Status, string Text)> Ask(
        int port,
        string path,
        string? forwardedFor = null
    )
    {
        using SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(Client).MapToIPv6(), 0));
                await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using HttpClient client = new(handler);
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
        if (forwardedFor is not null)
        {
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        }

        using var answer = await client.SendAsync(request, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private sealed record RunningProxy(Process Process, int Port) : IDisposable
    {
        public void Dispose()
        {
            Process.Kill();
            Process.Dispose();
        }
    }

    /// <summary>What the Host does with every request, in front of two endpoints and without a database.</summary>
    private sealed class RunningApp : IAsyncDisposable
    {
        private readonly WarningLog log = new();
        private readonly WebApplication app;

        public RunningApp(string[] settings)
        {
            var builder = WebApplication.CreateBuilder(
                new WebApplicationOptions { Args = settings, EnvironmentName = "Production" }
            );
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders().AddProvider(log);
            builder.Services.AddWebRequests();
            builder.AddHttpLimits();
            builder.AddRateLimits();
            app = builder.Build();
            app.UseHttp();
            app.MapGet("/address", (HttpContext context) => context.Connection.RemoteIpAddress!.ToString())
                .AllowAnonymous();
            app.MapGet("/sign-in", () => "tried").AllowAnonymous().RequireRateLimiting(RateLimits.SignIn);
        }

        public int Port => new Uri(app.Urls.Single()).Port;

        public IReadOnlyCollection<string> Warnings => log.Lines;

        public Task StartAsync() => app.StartAsync(Cancellation);

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }

    private sealed class WarningLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> lines = new();

        public IReadOnlyCollection<string> Lines => lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
            {
                lines.Enqueue(formatter(state, exception));
            }
        }

        public void Dispose() { }
    }
}
