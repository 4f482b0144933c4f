using BuildingBlocks.Database;
using BuildingBlocks.Database.References;
using BuildingBlocks.Database.Verification;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace BuildingBlocks.Tests.Database;

/// <summary>Ids of another module's things, some of which that module does not know.</summary>
public sealed class OrphanTests : IAsyncLifetime
{
    private readonly Module[] modules = [new ProbeModule(), new EventSource("neighbour")];
    private TestDatabase database = null!;
    private ModuleDataSources sources = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(Cancellation);
        await database.ProvisionAndMigrate(modules, Cancellation);
        sources = new(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    modules.ToDictionary(
                        module => $"Modules:{module.Name}:ConnectionString",
                        module => (string?)$"{database.AppConnectionString(module.Name)};Maximum Pool Size=2",
                        StringComparer.OrdinalIgnoreCase
                    )
                )
                .Build(),
            NullLoggerFactory.Instance
        );
        modules[1].Identities.Add(new("appointment", "scheduled_events", "event_id"));
        modules[0].References.Add(new("trips", "id", "neighbour", "appointment"));
        modules[0].References.Add(new("trips", "id", "elsewhere", "thing"));
    }

    public async ValueTask DisposeAsync()
    {
        await sources.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Finds_none_where_every_id_is_known_over_many_pages()
    {
        await Trips(2500);
        await database.Administrator.Execute(
            "insert into neighbour.scheduled_events (event_id, due_at, event_type, event_version, key, payload, "
                + "correlation_id) select id, now(), 'x', 1, 'k', '{}', 'c' from probe.trips"
        );

        var scanned = await Scan();

        scanned.Orphans.ShouldBeEmpty();
        (scanned.References, scanned.Ids).ShouldBe((1, 2500));
        scanned.NotLookedAt.ShouldBe(["probe.trips.id"]);
    }

    [Fact]
    public async Task Counts_the_unknown_ones_and_shows_a_few()
    {
        await Trips(2500);
        await database.Administrator.Execute(
            "insert into neighbour.scheduled_events (event_id, due_at, event_type, event_version, key, payload, "
                + "correlation_id) select id, now(), 'x', 1, 'k', '{}', 'c' from probe.trips order by id limit 1300"
        );

        var orphans = (await Scan()).Orphans.ShouldHaveSingleItem();

        (orphans.Module, orphans.Column, orphans.RefersTo, orphans.Count).ShouldBe(
            ("probe", "trips.id", "neighbour.appointment", 1200)
        );
        orphans.Examples.Count.ShouldBe(5);
        orphans.ToString().ShouldStartWith("probe: 1200 values of trips.id refer to no neighbour.appointment: ");
    }

    [Fact]
    public async Task Gives_what_is_on_its_way_the_time_to_arrive()
    {
        await Trips(3);
        HeldClock clock = new();
        var scan = new OrphanScanner(modules, sources, clock).ScanAsync(Cancellation);

        // All three look like orphans now. One arrives, one is taken back, one is left.
        var hold = await clock.Held.Task.WaitAsync(TimeSpan.FromMinutes(3), Cancellation);
        var ids = await database.Administrator.List<Guid>("select id from probe.trips order by id");
        await database.Administrator.Execute(
            "insert into neighbour.scheduled_events (event_id, due_at, event_type, event_version, key, payload, "
                + "correlation_id) values ($1, now(), 'x', 1, 'k', '{}', 'c')",
            ids[0]
        );
        await database.Administrator.Execute("delete from probe.trips where id = $1", ids[1]);
        hold();

        (await scan).Orphans.ShouldHaveSingleItem().Examples.ShouldBe([ids[2].ToString()]);
    }

    [Fact]
    public async Task Refuses_a_declaration_of_what_is_not_there()
    {
        modules[0].References.Add(new("trips", "guide_id", "neighbour", "appointment"));

        (await Should.ThrowAsync<StartupException>(Scan)).Message.ShouldContain(
            "declares trips.guide_id, but its schema has no such column"
        );
    }

    [Fact]
    public async Task Verification_finds_declarations_that_lead_nowhere()
    {
        modules[0].References.Clear();
        modules[0]
            .References.AddRange([
                new("trips", "id", "neighbour", "appointment"),
                new("trips", "guide_id", "neighbour", "appointment"),
                new("notes", "title", "neighbour", "appointment"),
                new("trips", "id", "neighbour", "nothing"),
                new("trips", "id", "nowhere", "thing"),
            ]);
        modules[1].Identities.Add(new("ghost", "ghosts", "id"));

        var findings = (await new DatabaseVerifier(modules, sources, database.Name).VerifyAsync(Cancellation)).Findings;

        findings
            .Select(finding => $"{finding.Rule} {finding.Where}")
            .ShouldBe([
                "reference-unknown probe.trips.guide_id",
                "reference-unknown probe.notes.title",
                "reference-unknown probe.trips.id",
                "reference-unknown neighbour.ghosts.id",
            ]);
    }

    private Task<int> Trips(int count) =>
        database.Administrator.Execute(
            $"insert into probe.trips (id, status) select gen_random_uuid(), 'x' from generate_series(1, {count})"
        );

    private Task<ScannedReferences> Scan() =>
        new OrphanScanner(modules, sources, TimeProvider.System) { Settling = TimeSpan.FromMilliseconds(10) }.ScanAsync(
            Cancellation
        );

    /// <summary>Holds whoever waits until the test lets go.</summary>
    private sealed class HeldClock : TimeProvider
    {
        public TaskCompletionSource<Action> Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Held.TrySetResult(() => callback(state));
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
