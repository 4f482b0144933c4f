using BuildingBlocks.Application;
using BuildingBlocks.Contracts;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.Modules;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace BuildingBlocks.Testing;

/// <summary>
/// One module as it runs in the Host, alone, on a database of its own: the real container, real roles, real migrations
/// and the real event log. The modules it listens to are stood in for by empty ones whose events a test publishes with
/// <see cref="Given"/>. Nothing runs in the background: after each step the fixture delivers what there is to deliver,
/// so that a test sees the outcome when its await returns. Use it as a class fixture; the tests of one class share the
/// database and so make their own ids.
/// </summary>
/// <typeparam name="TModule">The module.</typeparam>
public class ModuleFixture<TModule> : IAsyncLifetime
    where TModule : Module, new()
{
    private readonly HashSet<Guid> given = [];
    private WebApplication? host;
    private TestDatabase? database;
    private EventPump? pump;

    /// <summary>
    /// The time as the module sees it; move it with <see cref="Advance"/> to have what is due delivered.
    /// </summary>
    public TestClock Clock { get; } = new();

    /// <summary>The module's name, and so its schema.</summary>
    public string Name => Descriptor.Name;

    /// <summary>The database.</summary>
    public TestDatabase Database => database ?? throw NotStarted();

    /// <summary>The module's container.</summary>
    public IServiceProvider Services => Host.Services;

    /// <summary>
    /// Plain SQL as the role the running Host uses for the module; its search path is the module's schema.
    /// </summary>
    public TestSql Sql { get; private set; } = null!;

    /// <summary>Plain SQL as the owner of the module's schema.</summary>
    public TestSql OwnerSql { get; private set; } = null!;

    /// <summary>Plain SQL as the cluster's superuser; name the schema.</summary>
    public TestSql AdministratorSql => Database.Administrator;

    internal WebApplication Host => host ?? throw NotStarted();

    internal ModuleDescriptor Descriptor => Services.GetRequiredService<ModuleCatalog>().Descriptors[0];

    /// <summary>Whether a reaction that fails fails the test, the default; else its event is only parked.</summary>
    public bool FailsOnParked
    {
        get => Pump.FailsOnParked;
        set => Pump.FailsOnParked = value;
    }

    internal EventPump Pump => pump ?? throw NotStarted();

    /// <summary>Settings of the module that differ from their defaults, such as <c>orders:MaxItems</c>.</summary>
    protected virtual IReadOnlyDictionary<string, string?> Settings { get; } =
        new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds what the Host provides beside modules, or replaces a port to the outside world.</summary>
    protected virtual void Configure(IServiceCollection services) { }

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore(); // A web application must have a server, but this one is never started.
        builder.Host.UseDefaultServiceProvider(container => container.ValidateScopes = true);
        builder.Configuration[ModuleDataSources.WatchSetting] = "true";
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddLogging().AddRouting().AddAuthorization();
        builder.Services.AddSingleton(
            new ModuleFiles(Path.Combine(Path.GetTempPath(), $"files-{Guid.CreateVersion7():N}"))
        );
        var catalog = builder.Services.AddModules(builder.Configuration, modules =>
            modules.Add<TModule>().OthersElsewhere(assembly => SnakeCaseNames.Convert(assembly))
        );
        Configure(builder.Services);

        var module = catalog.Modules.Single();
        var sources = catalog
            .Subscriptions.Select(subscription => subscription.Source)
            .Where(source => !string.Equals(source, module.Name, StringComparison.Ordinal));
        Module[] all = [module, .. sources.Distinct(StringComparer.Ordinal).Select(source => new EventSource(source))];
        database = await TestDatabase.Create(cancellationToken);
        await database.ProvisionAndMigrate(all, cancellationToken);
        foreach (var one in all)
        {
            builder.Configuration[$"Modules:{one.Name}:ConnectionString"] =
                database.AppConnectionString(one.Name) + ";Maximum Pool Size=10";
        }

        Sql = database.Open(database.AppConnectionString(module.Name));
        OwnerSql = database.Open(database.OwnerConnectionString(module.Name));
        host = builder.Build();
        pump = new(host.Services, catalog);
        await pump.Begin();
        await Started();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (host is not null)
        {
            await host.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    /// <summary>
    /// Sends a command or query of the module through validation to its handler, then delivers what it published to the
    /// module itself.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="caller">Who sends it; the installation itself when left out.</param>
    public async Task<TResult> Send<TResult>(IRequest<TResult> request, As? caller = null)
        where TResult : IRefusable<TResult>
    {
        TResult result;
        await using (var scope = Services.CreateAsyncScope())
        {
            (caller ?? As.System).SignIn(scope.ServiceProvider.GetRequiredService<Caller>());
            result = await scope
                .ServiceProvider.GetRequiredService<Sender>()
                .Send(request, TestContext.Current.CancellationToken);
        }

        await Pump.Run();
        return result;
    }

    /// <summary>
    /// Gives the module a command of its Contracts as the Host does, then delivers what it published to the module
    /// itself.
    /// </summary>
    public async Task<Result<TAnswer>> Send<TAnswer>(IModuleCommand<TAnswer> command)
        where TAnswer : class
    {
        var result = await Services
            .GetRequiredService<ModuleCommands>()
            .Send(command, TestContext.Current.CancellationToken);
        await Pump.Run();
        return result;
    }

    /// <summary>Begins a sentence: these events were published by their modules and have reached this one.</summary>
    public Scenario Given(params IIntegrationEvent[] events) => NewScenario().Given(events);

    /// <summary>Begins a sentence whose past does not matter.</summary>
    public Scenario When(params IIntegrationEvent[] events) => NewScenario().When(events);

    /// <summary>Begins a sentence whose past does not matter: time passes.</summary>
    public Scenario When(TimeSpan passes) => NewScenario().When(passes);

    /// <summary>Begins a sentence whose past does not matter: somebody sends a command, which must succeed.</summary>
    /// <param name="command">The command.</param>
    /// <param name="caller">Who sends it; the installation itself when left out.</param>
    public Scenario When<TResult>(IRequest<TResult> command, As? caller = null)
        where TResult : IRefusable<TResult> => NewScenario().When(command, caller);

    /// <summary>Lets time pass: what is scheduled or to be tried again meanwhile is delivered.</summary>
    public async Task Advance(TimeSpan by)
    {
        Clock.Advance(by);
        await Pump.Run();
    }

    /// <summary>
    /// All events of a type that the module has published, in order; those a test gave in its name left out.
    /// </summary>
    /// <typeparam name="TEvent">Its version's type.</typeparam>
    public async Task<IReadOnlyList<TEvent>> Published<TEvent>()
        where TEvent : class, IIntegrationEvent => await PublishedAfter<TEvent>(position: 0);

    /// <summary>
    /// Reads or changes data through the module's DbContext, in a scope of its own. It does not save by itself.
    /// </summary>
    /// <typeparam name="TContext">The module's DbContext.</typeparam>
    /// <typeparam name="T">What is wanted.</typeparam>
    public async Task<T> With<TContext, T>(Func<TContext, Task<T>> work)
        where TContext : ModuleDbContext
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<TContext>());
    }

    /// <summary>
    /// Changes data through the module's DbContext, in a scope of its own, and saves; then delivers what was published.
    /// </summary>
    /// <typeparam name="TContext">The module's DbContext.</typeparam>
    public async Task Save<TContext>(Action<TContext> change)
        where TContext : ModuleDbContext
    {
        await using (var scope = Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<TContext>();
            change(db);
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await Pump.Run();
    }

    /// <summary>Called once the module is ready; a fixture may bring in what all tests of the class stand on.</summary>
    protected virtual Task Started() => Task.CompletedTask;

    internal async Task Deliver(IEnumerable<IIntegrationEvent> events)
    {
        foreach (var happened in events)
        {
            Gave(await Pump.Publish(happened));
        }

        await Pump.Run();
    }

    /// <summary>
    /// Notes that a test gave an event in the module's name, so that it does not pass for one of the module's own.
    /// </summary>
    internal void Gave(Guid eventId) => given.Add(eventId);

    internal Task<long> LastPosition() => Sql.Value<long>("select coalesce(max(position), 0) from outbox");

    internal async Task<IReadOnlyList<TEvent>> PublishedAfter<TEvent>(long position)
        where TEvent : class, IIntegrationEvent
    {
        var (name, version) = EventName.Of(typeof(TEvent));
        var rows = await Sql.Rows(
            "select event_id, payload from outbox where position > $1 and event_type = $2 and event_version = $3 "
                + "order by position",
            position,
            name,
            version
        );
        return
        [
            .. rows.Where(row => !given.Contains((Guid)row[0]!))
                .Select(row => (TEvent)EventSerializer.Deserialize((string)row[1]!, typeof(TEvent))),
        ];
    }

    internal async Task<IReadOnlyList<string>> NamesPublishedAfter(long position) =>
        [
            .. (
                await Sql.Rows(
                    "select event_id, event_type || ' ' || event_version from outbox where position > $1 order by "
                        + "position",
                    position
                )
            )
                .Where(row => !given.Contains((Guid)row[0]!))
                .Select(row => (string)row[1]!),
        ];

    private Scenario NewScenario() => new(new FixtureSteps(this));

    private static InvalidOperationException NotStarted() =>
        new("The fixture has not been started; use it as IClassFixture.");

    private sealed class FixtureSteps(ModuleFixture<TModule> fixture) : IScenarioSteps
    {
        public Task Deliver(IEnumerable<IIntegrationEvent> events) => fixture.Deliver(events);

        public Task Advance(TimeSpan by) => fixture.Advance(by);

        public Task<TResult> Send<TResult>(IRequest<TResult> request, As? caller)
            where TResult : IRefusable<TResult> => fixture.Send(request, caller);

        public Task<long> LastPosition() => fixture.LastPosition();

        public Task<IReadOnlyList<TEvent>> PublishedAfter<TEvent>(long position)
            where TEvent : class, IIntegrationEvent => fixture.PublishedAfter<TEvent>(position);

        public Task<IReadOnlyList<string>> NamesPublishedAfter(long position) => fixture.NamesPublishedAfter(position);
    }
}
