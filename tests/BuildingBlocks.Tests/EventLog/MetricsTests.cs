using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Feeds;
using BuildingBlocks.EventLog.Monitoring;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Modules;
using BuildingBlocks.Operations;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Database;
using BuildingBlocks.Tests.Probe;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>
/// What the event log tells of itself in numbers, and that docs/guides/observability.md names all of it.
/// </summary>
public sealed partial class MetricsTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Counts_what_is_published_and_applied()
    {
        using Measurements measured = new();
        await probe.PublishOnly("counted", "a", "b", "c");
        measured.Sum("messaging.client.sent.messages", "messaging.destination.name", "probe").ShouldBe(3);

        await probe.Pump.Run();

        measured.Sum("messaging.client.consumed.messages", "messaging.consumer.group.name", "probe").ShouldBe(3);
        measured.Of("eventlog.batch.size").Select(one => one.Value).ShouldBe([3]);
        measured.Of("eventlog.batch.duration").Count.ShouldBe(1);
        measured.Of("eventlog.delivery.duration").Count.ShouldBe(3);
        measured.Of("messaging.process.duration").Count.ShouldBe(3);
        measured
            .Of("messaging.process.duration")
            .ShouldAllBe(one =>
                Equals(one.Tags["eventlog.event.type"], "note.taken")
                && Equals(one.Tags["messaging.system"], "eventlog")
                && !one.Tags.ContainsKey("error.type")
            );
    }

    [Fact]
    public async Task Counts_as_published_only_what_is_committed()
    {
        await LetOthersEnd();
        using Measurements measured = new();
        await using var scope = probe.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProbeDbContext>();
        await using (await db.Database.BeginTransactionAsync(Cancellation))
        {
            db.Publish(new NoteTakenV1("rolled back", "a"));
            await db.SaveChangesAsync(Cancellation);
        }

        // What a reaction publishes beside a failure of its page is rolled back as well, and counted when it is tried
        // again.
        probe.Behavior.FailOn("echoes", new InvalidOperationException("broken"));
        await probe.PublishOnly("echoes", "echo");
        await probe.Pump.Run();
        measured.Sum("messaging.client.sent.messages").ShouldBe(1);
        probe.Behavior.Behave();
        await probe.Advance(TimeSpan.FromMinutes(1));
        measured.Sum("messaging.client.sent.messages").ShouldBe(2);
    }

    [Fact]
    public async Task Counts_parked_events_and_each_attempt_by_its_outcome()
    {
        using Measurements measured = new();
        probe.Behavior.FailOn("parks", new InvalidOperationException("broken"));
        await probe.PublishOnly("parks", "a", "b");
        await probe.Pump.Run();
        measured.Sum("eventlog.parked_events.added").ShouldBe(2);
        measured
            .Of("messaging.process.duration")
            .ShouldAllBe(one => Equals(one.Tags["error.type"], typeof(InvalidOperationException).FullName));

        for (var attempt = 1; attempt < ProbeFixture.MaxAttempts; attempt++)
        {
            await probe.Advance(TimeSpan.FromMinutes(1));
        }

        measured.Sum("eventlog.parked_events.retries", "outcome", "waiting").ShouldBe(ProbeFixture.MaxAttempts - 2);
        measured.Sum("eventlog.parked_events.retries", "outcome", "dead").ShouldBe(1);

        probe.Behavior.Behave();
        var operators = probe.Services.GetRequiredService<ParkedEventOperations>();
        (await operators.RetryAllAsync(new(Key: "parks"), perSecond: 100, "ann", Cancellation)).Succeeded();
        await probe.Advance(TimeSpan.FromMinutes(1));
        measured.Sum("eventlog.parked_events.retries", "outcome", "applied").ShouldBe(2);
    }

    [Fact]
    public async Task Tells_how_long_a_saga_took()
    {
        await LetOthersEnd();
        using Measurements measured = new();
        var trip = Guid.CreateVersion7();
        await probe.Save<ProbeDbContext>(db =>
        {
            db.Add(new Trip { Id = trip });
            db.Publish(new TripBookedV1(trip));
        });
        await probe.Given(new HotelBookedV1(trip)).When(new FlightBookedV1(trip)).Then<TripConfirmedV1>(_ => { });

        var other = Guid.CreateVersion7();
        await probe.Save<ProbeDbContext>(db =>
        {
            db.Add(new Trip { Id = other });
            db.Publish(new TripBookedV1(other));
        });
        await probe.Advance(TimeSpan.FromSeconds(12));
        await probe.When(new HotelRefusedV1(other, "full")).Then<TripAbandonedV1>(_ => { });

        var ends = measured.Of("saga.duration");
        ends.Select(one => (one.Tags["saga.name"], one.Tags["saga.outcome"]))
            .ShouldBe([("trip", "completed"), ("trip", "failed")]);
        ends[1].Value.ShouldBe(12);
    }

    [Fact]
    public async Task Counts_what_a_subscription_has_yet_to_pass()
    {
        await probe.Pump.Run();
        await probe.PublishOnly("pending", "a", "b");
        var subscription = probe.Services.GetRequiredService<ModuleCatalog>().Subscriptions[0];
        var sources = probe.Services.GetRequiredService<ModuleDataSources>();
        ModulePoller poller = new(
            subscription.Source,
            runsHere: true,
            sources.Of(subscription.Source),
            new(),
            probe.Clock
        );
        BacklogCounts counts = new(
            sources,
            [ActivatorUtilities.CreateInstance<SubscriptionRunner>(probe.Services, subscription, poller)],
            probe.Clock
        );
        var count = counts.For(subscription.Consumer);

        await count(Cancellation);
        counts.Pending().ShouldHaveSingleItem().Value.ShouldBe(2);

        await probe.Pump.Run();
        await count(Cancellation);
        counts.Pending().ShouldHaveSingleItem().Value.ShouldBe(0);
    }

    [Fact]
    public async Task The_guide_names_every_instrument_with_its_unit()
    {
        RuntimeHelpers.RunClassConstructor(typeof(EventLogDiagnostics).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(FeedMetrics).TypeHandle);

        // There is a gauge of a feed's age where a feed fills a shadow.
        SortedSet<string> instruments = new(StringComparer.Ordinal) { $"{FeedMetrics.Age} s" };
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (string.Equals(instrument.Meter.Name, EventLogDiagnostics.Name, StringComparison.Ordinal))
                {
                    lock (instruments)
                    {
                        instruments.Add($"{instrument.Name} {instrument.Unit}");
                    }
                }
            },
        };
        var service = probe.NewHost();
        await service.StartAsync(Cancellation);
        listener.Start();
        await service.StopAsync(Cancellation);
        service.Dispose();

        var guide = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "observability.md"),
            Cancellation
        );
        NamedInGuide()
            .Matches(guide)
            .Select(row => $"{row.Groups["name"].Value} {row.Groups["unit"].Value}")
            .Order(StringComparer.Ordinal)
            .ShouldBe(instruments);
    }

    /// <summary>
    /// Scheduled events and retries that other tests left fall due now, and not while something is measured.
    /// </summary>
    private Task LetOthersEnd() => probe.Advance(TimeSpan.FromMinutes(5));

    [GeneratedRegex(
        @"^\| `(?<name>[a-z_.]+)` \| `(?<unit>\S+)` \|",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex NamedInGuide();

    /// <summary>What is measured by the calls of the test that made it, and by nothing that runs beside it.</summary>
    private sealed class Measurements : IDisposable
    {
        private static readonly AsyncLocal<Measurements?> Current = new();

        private readonly MeterListener listener = new();
        private readonly List<Measurement> all = [];

        public Measurements()
        {
            Current.Value = this;
            listener.InstrumentPublished = (instrument, listening) =>
            {
                if (string.Equals(instrument.Meter.Name, EventLogDiagnostics.Name, StringComparison.Ordinal))
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
            listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
            listener.Start();
        }

        public IReadOnlyList<Measurement> Of(string instrument)
        {
            lock (all)
            {
                return [.. all.Where(one => string.Equals(one.Instrument, instrument, StringComparison.Ordinal))];
            }
        }

        public double Sum(string instrument) => Of(instrument).Sum(one => one.Value);

        public double Sum(string instrument, string tag, string value) =>
            Of(instrument).Where(one => Equals(one.Tags[tag], value)).Sum(one => one.Value);

        public void Dispose() => listener.Dispose();

        private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (Current.Value == this)
            {
                lock (all)
                {
                    all.Add(new(instrument.Name, value, new(tags.ToArray(), StringComparer.Ordinal)));
                }
            }
        }
    }

    private sealed record Measurement(string Instrument, double Value, Dictionary<string, object?> Tags);
}
