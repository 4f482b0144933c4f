using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Host.Tests.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Host.Tests.Telemetry;

/// <summary>What the real Host sends to a collector, and writes as structured logs.</summary>
[Trait("Module", "Orders")]
public sealed class TelemetryTests(TelemetryTests.WatchedHost watched) : IClassFixture<TelemetryTests.WatchedHost>
{
    private const string Correlation = "telemetry-of-the-tests";

    [Fact]
    public async Task Sends_traces_metrics_and_logs_over_OTLP()
    {
        var (collector, shop) = (watched.Collector, watched.Shop);
        await shop.Final(await shop.Place(await shop.StockedProduct(onHand: 5), quantity: 1));

        string[] metrics =
        [
            "messaging.client.sent.messages",
            "messaging.client.consumed.messages",
            "messaging.process.duration",
            "eventlog.delivery.duration",
            "eventlog.batch.size",
            "eventlog.batch.duration",
            "eventlog.subscription.pending",
            "eventlog.subscription.staleness",
            "eventlog.parked_events.count",
            "eventlog.parked_events.age",
            "saga.duration",
            "db.client.connection.count",
            "db.client.connection.max",
            "db.client.connection.pool.name",
            "http.server.request.duration",
            "dotnet.gc.collections",
        ];
        await collector.Receives("metrics", metrics);
        await collector.Receives(
            "traces",
            ["POST /orders", "order.placed process", "stock.reserved process", "order.payment-requested process"]
        );
        await collector.Receives("logs", ["modular-monolith"]);
    }

    [Fact]
    public async Task Logs_carry_the_correlation_of_the_request_into_reactions()
    {
        var (host, shop) = (watched.Process, watched.Shop);
        var sku = await shop.StockedProduct(onHand: 5);
        HttpRequestMessage request = new(HttpMethod.Post, "/orders")
        {
            Content = System.Net.Http.Json.JsonContent.Create(Shop.Order(sku, quantity: 1)),
        };
        request.Headers.Add("X-Correlation-Id", Correlation);
        var orderId = (string)
            (await shop.Customer.Send(request)).Expect(System.Net.HttpStatusCode.Accepted)["orderId"]!;
        await shop.Final(orderId);

        var consumers = await Shop.Eventually(
            () =>
                Task.FromResult(
                    host.Output.Split('\n')
                        .Where(line => line.StartsWith('{'))
                        .Select(line => JsonNode.Parse(line)!)
                        .SelectMany(line => line["Scopes"]?.AsArray() ?? [])
                        .Where(scope =>
                            string.Equals((string?)scope?["CorrelationId"], Correlation, StringComparison.Ordinal)
                        )
                        .Select(scope => (string?)scope!["Consumer"] ?? "request")
                        .ToHashSet(StringComparer.Ordinal)
                ),
            seen =>
                seen.Contains("request")
                && seen.Contains("inventory")
                && seen.Contains("payments")
                && seen.Contains("orders")
        );
        consumers.Contains("users").ShouldBeFalse("No event of this request is for that module.");
    }

    /// <summary>A Host that sends its telemetry to a collector and writes its log as JSON.</summary>
    public sealed class WatchedHost : IAsyncLifetime
    {
        private readonly HostSettings settings = new();
        private Collector? collector;
        private HostProcess? process;
        private Shop? shop;

        public HostProcess Process => process!;

        public Shop Shop => shop!;

        internal Collector Collector => collector!;

        public async ValueTask InitializeAsync()
        {
            collector = await Collector.StartAsync();
            settings
                .With("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address)
                .With("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
                .With("OTEL_METRIC_EXPORT_INTERVAL", "500")
                .With("Logging__Console__FormatterName", "json")
                .With("Logging__Console__FormatterOptions__IncludeScopes", "true")
                .With("Logging__LogLevel__Npgsql.Command", "Information");
            process = await HostProcess.StartAsync(settings);
            shop = await Shop.EnterAsync(process);
        }

        public async ValueTask DisposeAsync()
        {
            shop?.Dispose();
            if (process is not null)
            {
                await process.DisposeAsync();
            }

            if (collector is not null)
            {
                await collector.DisposeAsync();
            }

            settings.Dispose();
        }
    }

    /// <summary>
    /// Takes what is sent over OTLP and HTTP, and keeps it as it came: names and texts stand in it as UTF-8.
    /// </summary>
    internal sealed class Collector : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> received = new(StringComparer.Ordinal);
        private readonly WebApplication server;

        private Collector(WebApplication server) => this.server = server;

        public string Address => server.Urls.Single();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            Collector collector = new(builder.Build());
            collector.server.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
            {
                using MemoryStream body = new();
                await request.Body.CopyToAsync(body);
                collector.received.GetOrAdd(signal, _ => []).Enqueue(Encoding.Latin1.GetString(body.ToArray()));
                return Results.Bytes([], "application/x-protobuf");
            });
            await collector.server.StartAsync();
            return collector;
        }

        public async Task Receives(string signal, string[] texts)
        {
            var missing = await Shop.Eventually(
                () =>
                    Task.FromResult(
                        texts
                            .Where(text =>
                                !received
                                    .GetOrAdd(signal, _ => [])
                                    .Any(body => body.Contains(text, StringComparison.Ordinal))
                            )
                            .ToArray()
                    ),
                none => none.Length == 0
            );
            missing.ShouldBeEmpty();
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
