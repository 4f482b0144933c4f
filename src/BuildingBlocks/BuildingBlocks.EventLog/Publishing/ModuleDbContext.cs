using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Npgsql;

namespace BuildingBlocks.EventLog.Publishing;

/// <summary>
/// The DbContext of a module's schema. Adds to the module's own tables those of its event log and sagas, maps names to
/// snake_case, takes the entity configurations of the module's assembly, and publishes events in the transaction of the
/// data they speak of.
/// </summary>
/// <param name="options">From the container.</param>
/// <param name="schema">The module's name.</param>
public abstract class ModuleDbContext(DbContextOptions options, string schema) : DbContext(options)
{
    private bool inScope;

    internal string Schema => schema;

    /// <summary>
    /// What to notify once the transaction at hand is committed. Whoever commits a transaction that was begun elsewhere
    /// sets its own.
    /// </summary>
    internal HeldNotifications Held { get; set; } = new(schema);

    /// <summary>Events that the next SaveChanges writes, or that the last one has written.</summary>
    internal List<EntityEntry<OutboxEvent>> Events { get; } = [];

    /// <summary>Whether an event that is published now has a cause.</summary>
    internal bool MayPublish { get; set; } = true;

    /// <summary>
    /// Writes an event into the outbox with the next SaveChanges; it is committed with the data or not at all.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// A batch reaction is at work, or the event breaks its own rules.
    /// </exception>
    public void Publish(IIntegrationEvent happened) => Events.Add(Add(OutboxEvent.From(MayBeTold(happened))));

    /// <summary>Keeps an event back until it is due; the next SaveChanges commits it.</summary>
    /// <param name="happened">What to publish then.</param>
    /// <param name="dueAt">UTC; published within seconds after it.</param>
    /// <exception cref="InvalidOperationException">
    /// A batch reaction is at work, or the event breaks its own rules.
    /// </exception>
    public void Schedule(IIntegrationEvent happened, DateTimeOffset dueAt) =>
        Add(ScheduledEvent.From(MayBeTold(happened), dueAt));

    /// <summary>
    /// Has something done once the transaction at hand is committed, such as waking a background service that would
    /// else find the work when it next looks: it is forgotten when the Host dies first.
    /// </summary>
    /// <param name="shortcut">Quick, and throws nothing: what it was to follow is committed.</param>
    public void OnceCommitted(Action shortcut) => Held.Then(shortcut);

    /// <summary>
    /// Waits until no other transaction of this module imports, then keeps others waiting until the caller's ends: two
    /// imports of the same file at once would both find a row missing and both insert it.
    /// </summary>
    public Task OneImportAtATime(CancellationToken cancellationToken) =>
        Database.ExecuteSqlAsync(
            $"select pg_advisory_xact_lock(hashtextextended({"import " + schema}, 0))",
            cancellationToken
        );

    /// <inheritdoc />
    public override void Dispose()
    {
        EndScope();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc />
    public override ValueTask DisposeAsync()
    {
        EndScope();
        GC.SuppressFinalize(this);
        return base.DisposeAsync();
    }

    /// <summary>Gives this instance, new or used by an earlier scope, the connection that the scope works on.</summary>
    /// <param name="connection">Open when it belongs to the caller.</param>
    /// <param name="owned">Whether the connection ends with the scope.</param>
    internal void BeginScope(NpgsqlConnection connection, bool owned)
    {
        Database.SetDbConnection(connection, owned);
        inScope = true;
    }

    /// <summary>
    /// Leaves behind what the scope did, beside what EF Core itself forgets when it keeps an instance for later use.
    /// </summary>
    private void EndScope()
    {
        if (!inScope)
        {
            return;
        }

        inScope = false;
        Held = new(schema);
        Events.Clear();
        MayPublish = true;

        // Code that opened the connection may have left it so; EF Core counts how often, does not tell, and would hand
        // the count to the next scope.
        while (!LetGoOfConnection())
        {
            Database.CloseConnection();
        }
    }

    /// <summary>The log is never rewritten, so what breaks its own event's rules does not get into it.</summary>
    private IIntegrationEvent MayBeTold(IIntegrationEvent happened) =>
        !MayPublish
            ? throw new InvalidOperationException(
                $"A batch reaction of {schema} publishes {happened.GetType().Name}, and nobody could tell which event "
                    + "of "
                    + "the batch is its cause. React to each event by itself: IReaction."
            )
        : ValueRules.Faults(happened, root: "") is { } faults
            ? throw new InvalidOperationException(
                $"{schema} publishes {happened.GetType().Name} with values that break the rules it declares: "
                    + string.Join(' ', faults.Values.SelectMany(fault => fault))
                    + " Refuse the values before, or correct the rules."
            )
        : happened;

    private bool LetGoOfConnection()
    {
        try
        {
            Database.SetDbConnection(connection: null);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>
    /// Sealed, so that no module can do without the concurrency tokens; what a module configures stands in its entity
    /// configurations.
    /// </summary>
    protected sealed override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Conventions.Add(_ => new ConcurrencyTokens.Convention());
        configurationBuilder.Conventions.Add(_ => new ConstraintNames());
    }

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        // Tables carry no schema: the role's search path finds them, which lets a rebuild run the same statements on
        // other tables.
        modelBuilder.ApplyConfigurationsFromAssembly(GetType().Assembly);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ModuleDbContext).Assembly);
        SnakeCaseNames.ApplyTo(modelBuilder);
    }
}
