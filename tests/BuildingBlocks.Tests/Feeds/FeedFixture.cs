using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Feeds;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Probe;
using Npgsql;

namespace BuildingBlocks.Tests.Feeds;

/// <summary>The probe's home, and a second database with its shadow.</summary>
public sealed class FeedFixture : IAsyncLifetime
{
    internal static readonly string[] Types = ["note.taken"];

    private TestDatabase? second;
    private NpgsqlDataSource? pool;

    public ProbeFixture Home { get; } = new();

    /// <summary>Plain SQL as the role by which the shadow is read.</summary>
    public TestSql Shadow { get; private set; } = null!;

    /// <summary>Plain SQL as the superuser, in the database of the shadow.</summary>
    public TestSql ShadowAdministrator => second!.Administrator;

    internal EventCatalog Events { get; } = new();

    internal EventSignals Signals { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Home.InitializeAsync();
        second = await TestDatabase.Create(TestContext.Current.CancellationToken);
        await second.ProvisionShadow("probe", TestContext.Current.CancellationToken);
        pool = NpgsqlDataSource.Create(second.FeedConnectionString("probe") + ";Maximum Pool Size=5");
        Shadow = second.Open(second.AppConnectionString("probe"));
        Events.Add(typeof(NoteTakenV1));
    }

    public async ValueTask DisposeAsync()
    {
        await pool!.DisposeAsync();
        await second!.DisposeAsync();
        await Home.DisposeAsync();
    }

    /// <summary>Whoever settles the order of the home's events, as in a Host of its own.</summary>
    internal FeedSequencer NewSequencer() => new("probe", Home.Sql.Connections, ["reader"], Signals);

    /// <summary>The pool of the role that appends.</summary>
    internal NpgsqlDataSource Feed => pool!;

    internal FeedPages Pages => new("probe", Home.Sql.Connections);

    /// <summary>Settles all there is.</summary>
    internal async Task Settle()
    {
        var sequencer = NewSequencer();
        while (await sequencer.StepAsync(TestContext.Current.CancellationToken)) { }
    }

    /// <summary>The shadow, written to as by another Host.</summary>
    internal ShadowStore NewShadow() => new("probe", pool!);

    /// <summary>Whoever fetches, without HTTP in between.</summary>
    internal FeedPuller NewPuller(
        Func<FeedQuestion, Task<FeedAnswer>>? ask = null,
        IReadOnlyCollection<string>? types = null
    ) =>
        new(
            "probe",
            types ?? Types,
            NewShadow(),
            (question, _) => ask is null ? Ask(question) : ask(question),
            Events,
            new(TimeProvider.System),
            Signals
        );

    /// <summary>What the home answers, at once.</summary>
    internal Task<FeedAnswer> Ask(FeedQuestion question) =>
        Pages.ReadAsync(question, TestContext.Current.CancellationToken);

    /// <summary>Fetches all there is.</summary>
    internal async Task Pull(FeedPuller puller)
    {
        do
        {
            await puller.StepAsync(TestContext.Current.CancellationToken, TestContext.Current.CancellationToken);
        } while (await Next() <= await Home.Sql.Value<long>("select next_seq - 1 from feed"));
    }

    internal Task<long> Next() => Shadow.Value<long>("select next_seq from feed_in");

    /// <summary>Ids of the events of a topic in the order they were committed at home, by position.</summary>
    internal Task<IReadOnlyList<Guid>> AtHome(string topic) =>
        Home.Sql.List<Guid>("select event_id from outbox where key = $1 order by position", topic);

    internal Task<IReadOnlyList<Guid>> InShadow(string topic) =>
        Shadow.List<Guid>("select event_id from outbox where key = $1 order by seq", topic);

    /// <summary>Empties the shadow, as it is when it was just provisioned.</summary>
    internal Task Forget() =>
        ShadowAdministrator.Execute(
            "truncate probe.outbox; update probe.feed_in set epoch = null, next_seq = 1, types = '{}', as_of = null"
        );
}
