using System.Globalization;
using BuildingBlocks.Application;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Modules;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildingBlocks.EventLog.Rebuild;

/// <summary>
/// Rebuilds projections from history: the same reactions run once more, from the beginning, on tables beside the live ones; when they have
/// caught up, the two are swapped together with their checkpoints in one transaction. All it knows stands in the database, so it goes on after
/// a kill, in whichever Host.
/// </summary>
internal sealed class ProjectionRebuild
{
    // Readers wait this long at most behind a swap; when a longer read stands in its way, the swap is tried again.
    private const string LongestWaitForReaders = "2s";

    private readonly ModuleCatalog catalog;
    private readonly ModuleDataSources sources;
    private readonly EventSignals signals;
    private readonly IServiceProvider services;
    private readonly ILogger<ProjectionRebuild> logger;

    internal ProjectionRebuild(
        ModuleCatalog catalog, ModuleDataSources sources, EventSignals signals, IServiceProvider services, ILogger<ProjectionRebuild> logger) =>
        (this.catalog, this.sources, this.signals, this.services, this.logger) = (catalog, sources, signals, services, logger);

    /// <summary>Begins to rebuild a projection; it is swapped in by itself once it has caught up.</summary>
    /// <param name="name">The consumer group, which is the module's name.</param>
    /// <param name="operatorId">Who asks for it, for the log.</param>
    /// <param name="cancellationToken">Gives up; nothing has begun then.</param>
    public async Task<Result> StartAsync(string name, string operatorId, CancellationToken cancellationToken)
    {
        if (Find(name).Failed(out var refusal, out var module))
        {
            return refusal;
        }

        foreach (var subscription in SubscriptionsOf(module))
        {
            // From here on its history is kept until the rebuild is over; if some is gone already, what is rebuilt would be less than what there is.
            await OutboxConsumers.EnsureKnownAsync(sources.Of(subscription.Source), subscription with { IsRebuild = true }, cancellationToken);
            if (await OutboxConsumers.PrunedBeforeAsync(sources.Of(subscription.Source), subscription.Source, cancellationToken) is { } pruned)
            {
                return Error.Conflict(
                    "operations.history-pruned",
                    string.Create(CultureInfo.InvariantCulture, $"'{name}' cannot be rebuilt: {subscription.Source} keeps no events from before {pruned:u} (EventLog:ReplayWindow), so what they told would be missing."));
            }
        }

        await using var connection = await sources.Of(name).OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var begin = new NpgsqlCommand(
            $"""insert into "{name}".subscriptions (name, source, lane, checkpoint) select $1, source, 0, $3::text::pg_snapshot from unnest($2) source on conflict do nothing""",
            connection).With(Subscription.RebuildOf(name), SourcesOf(module), Progress.Beginning.Checkpoint);
        if (await begin.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return Error.Conflict("operations.rebuild-running", $"'{name}' is being rebuilt already; GET /operations/subscriptions shows how far it has come.");
        }

        await ForgetParkedAsync(connection, name, cancellationToken);
        await ExecuteAsync(connection, "select clear_rebuild()", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        logger.RebuildStarted(name, operatorId);
        signals.Wake(Subscription.RebuildOf(name), eventTypes: []);
        return Result.Done;
    }

    /// <summary>Gives a rebuild up; the live projection stays as it is.</summary>
    /// <param name="name">The consumer group, which is the module's name.</param>
    /// <param name="operatorId">Who asks for it, for the log.</param>
    /// <param name="cancellationToken">Gives up; the rebuild goes on then.</param>
    public async Task<Result> AbandonAsync(string name, string operatorId, CancellationToken cancellationToken)
    {
        if (Find(name).Failed(out var refusal, out _))
        {
            return refusal;
        }

        await using var connection = await sources.Of(name).OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var forget = new NpgsqlCommand($"""delete from "{name}".subscriptions where name = $1""", connection).With(Subscription.RebuildOf(name));
        if (await forget.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return Error.Conflict("operations.no-rebuild", $"'{name}' is not being rebuilt.");
        }

        await ForgetParkedAsync(connection, name, cancellationToken);
        await ExecuteAsync(connection, "select clear_rebuild()", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        logger.RebuildAbandoned(name, operatorId);
        return Result.Done;
    }

    /// <summary>A step that takes a running rebuild of the module a page further, or finishes it; it tells whether there was anything to do.</summary>
    internal Func<CancellationToken, Task<bool>> For(ModuleDescriptor module)
    {
        var workers = SubscriptionsOf(module).Select(subscription => ActivatorUtilities.CreateInstance<SubscriptionWorker>(services, subscription with { IsRebuild = true }))
            .ToArray();
        return token => StepAsync(module, workers, token);
    }

    /// <summary>Has what a transaction does with the module's tables happen to those that are rebuilt.</summary>
    internal static Task UseRebuiltTablesAsync(NpgsqlConnection connection, string module, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, $"""set local search_path = "{ModuleRoles.RebuildSchemaOf(module)}", "{module}" """, cancellationToken);

    private async Task<bool> StepAsync(ModuleDescriptor module, IReadOnlyList<SubscriptionWorker> workers, CancellationToken cancellationToken)
    {
        if (!await IsRunningAsync(module.Name, cancellationToken))
        {
            return false;
        }

        var moved = false;
        foreach (var worker in workers)
        {
            moved |= await worker.StepAsync(cancellationToken) == StepOutcome.Moved;
        }

        return moved || await TryFinishAsync(module.Name, workers, cancellationToken);
    }

    private async Task<bool> TryFinishAsync(string module, IReadOnlyList<SubscriptionWorker> workers, CancellationToken cancellationToken)
    {
        await using var connection = await sources.Of(module).OpenConnectionAsync(cancellationToken);
        if (await ParkedAnewAsync(connection, module, cancellationToken) is var failed and > 0)
        {
            logger.RebuildHeldBack(module, failed);
            return false;
        }

        // From here on nobody applies events to the live tables, so that the rebuilt ones cannot fall behind what readers have already seen.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"""set local lock_timeout = '{LongestWaitForReaders}'; select 1 from "{module}".subscriptions where name = '{module}' order by source for update""", cancellationToken);
        foreach (var worker in workers)
        {
            if (!await worker.CatchUpAsync(cancellationToken))
            {
                return false;
            }
        }

        // A worker that found nothing new may stand where an earlier rebuild ended.
        foreach (var worker in workers)
        {
            if (!await worker.IsAtRecordedProgressAsync(connection, cancellationToken))
            {
                return true;
            }
        }

        if (await ParkedAnewAsync(connection, module, cancellationToken) > 0 || !await SwapAsync(connection, module, cancellationToken))
        {
            return false;
        }

        await transaction.CommitAsync(cancellationToken);
        logger.RebuildFinished(module);

        // What is left is the former tables, of use to nobody.
        await ExecuteAsync(connection, "select clear_rebuild()", cancellationToken);
        return true;
    }

    private static async Task<bool> SwapAsync(NpgsqlConnection connection, string module, CancellationToken cancellationToken)
    {
        // The lanes are those of the live one; all begin where the rebuild has come to.
        await ExecuteAsync(
            connection,
            $"""
            insert into "{module}".subscriptions (name, source, lane, lanes, checkpoint, target, position, as_of, paused_at, paused_by, pause_reason)
            select rebuilt.name, live.source, live.lane, live.lanes, rebuilt.checkpoint, rebuilt.target, rebuilt.position, rebuilt.as_of, live.paused_at, live.paused_by, live.pause_reason
            from "{module}".subscriptions live join "{module}".subscriptions rebuilt on rebuilt.source = live.source and rebuilt.lane = 0 and rebuilt.name = '{Subscription.RebuildOf(module)}'
            where live.name = '{module}'
            on conflict (name, source, lane) do update set
              lanes = excluded.lanes, paused_at = excluded.paused_at, paused_by = excluded.paused_by, pause_reason = excluded.pause_reason
            """,
            cancellationToken);

        // Parked events first: who is trying one of them holds its row, and must be done with the tables before these change places.
        var rebuild = Subscription.RebuildOf(module);
        await ExecuteAsync(
            connection,
            $"""
            delete from "{module}".parked_events where subscription = '{module}';
            delete from "{module}".parked_events where subscription = '{rebuild}' and event_id in (
              select event_id from "{module}".parked_event_actions where subscription = '{module}' and action = 'discard');
            update "{module}".parked_events set subscription = '{module}' where subscription = '{rebuild}';
            delete from "{module}".subscriptions where name = '{module}' and exists (select 1 from "{module}".subscriptions where name = '{rebuild}');
            """,
            cancellationToken);
        await using var rename = new NpgsqlCommand($"""update "{module}".subscriptions set name = $1 where name = $2""", connection).With(module, rebuild);
        if (await rename.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            // Another Host has finished it, or an operator has given it up.
            return false;
        }

        await ExecuteAsync(connection, "select swap_rebuild()", cancellationToken);
        return true;
    }

    /// <summary>How many events the rebuild could not apply that the live projection could: with them missing it would be worse than what it replaces.</summary>
    private static async Task<long> ParkedAnewAsync(NpgsqlConnection connection, string module, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select count(*) from "{module}".parked_events rebuilt where subscription = $2
              and not exists (select 1 from "{module}".parked_events live where live.subscription = $1 and live.event_id = rebuilt.event_id)
              and not exists (select 1 from "{module}".parked_event_actions given_up
                              where given_up.subscription = $1 and given_up.action = 'discard' and given_up.event_id = rebuilt.event_id)
            """,
            connection).With(module, Subscription.RebuildOf(module));
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<bool> IsRunningAsync(string module, CancellationToken cancellationToken)
    {
        await using var command = sources.Of(module)
            .CreateCommand($"""select exists (select 1 from "{module}".subscriptions where name = $1)""").With(Subscription.RebuildOf(module));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ForgetParkedAsync(NpgsqlConnection connection, string module, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""delete from "{module}".parked_events where subscription = $1""", connection)
            .With(Subscription.RebuildOf(module));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private Result<ModuleDescriptor> Find(string name)
    {
        var module = catalog.Descriptors.FirstOrDefault(one => string.Equals(one.Name, name, StringComparison.Ordinal));
        return module is null || SourcesOf(module).Length == 0
            ? Error.NotFound("operations.unknown-subscription", $"There is no subscription '{name}'; GET /operations/subscriptions lists them.")
            : module.Module.IsProjection
                ? module
                : Error.Unprocessable(
                    "operations.not-a-projection",
                    $"'{name}' holds more than follows from events, so it cannot be rebuilt from them. Those that can be: {string.Join(", ", catalog.Projections.Order(StringComparer.Ordinal))}.");
    }

    private string[] SourcesOf(ModuleDescriptor module) => [.. SubscriptionsOf(module).Select(subscription => subscription.Source)];

    // Only what this Host can read: a source that runs elsewhere is read there.
    private IEnumerable<Subscription> SubscriptionsOf(ModuleDescriptor module) =>
        catalog.Subscriptions.Where(subscription => subscription.Consumer == module && catalog.CanRead(subscription.Source));

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
