using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Rebuild;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Modules;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuildingBlocks.EventLog.Parking;

/// <summary>Tries parked events again when they are due, each key's first one first, until the key has drained or its first event is dead.</summary>
internal sealed class ParkedEventRetry(
    ModuleDataSources sources,
    EventDispatcher dispatcher,
    EventSignals signals,
    TimeProvider clock,
    IOptions<EventLogOptions> options,
    ILogger<ParkedEventRetry> logger)
{
    private const string BeforeTry = "before_try";

    /// <summary>A step that tries one due event, and tells whether there was one.</summary>
    public Func<CancellationToken, Task<bool>> For(ModuleDescriptor module) => token => RetryOneAsync(module, token);

    private async Task<bool> RetryOneAsync(ModuleDescriptor module, CancellationToken cancellationToken)
    {
        await using var connection = await sources.Of(module.Name).OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockDueAsync(connection, module.Name, cancellationToken) is not { } parked)
        {
            return false;
        }

        // What fails is noted in the transaction that holds the row, so that however many Hosts run nobody tries it a second time for the same due time.
        await transaction.SaveAsync(BeforeTry, cancellationToken);
        var (context, attempt) = (parked.Context, parked.Attempts + 1);
        try
        {
            if (parked.IsOfRebuild)
            {
                await ProjectionRebuild.UseRebuiltTablesAsync(connection, module.Name, cancellationToken);
            }

            Announcements announcements = new(module.Name);
            await dispatcher.ApplyAsync(module, [new(context, parked.Payload)], transaction, announcements, cancellationToken);
            await ExecuteAsync(connection, $"""delete from "{module.Name}".parked_events where id = $1""", cancellationToken, parked.Id);

            // What a constraint checks last would else fail the commit, when it is too late to note the attempt.
            await ExecuteAsync(connection, "set constraints all immediate", cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            logger.ParkedEventApplied(module.Name, context.EventId, context.Type, context.Key, context.Source, attempt, context.CorrelationId);
            announcements.Tell(signals);
            Count(module.Name, context, "applied");
        }
        catch (Exception failure) when (!Failures.IsTransient(failure) && !Failures.IsConflict(failure) && failure is not OperationCanceledException)
        {
            await transaction.RollbackAsync(BeforeTry, cancellationToken);
            var isDead = attempt >= options.Value.MaxAttempts;
            await NoteAsync(connection, module.Name, parked, attempt, failure, isDead, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            if (isDead)
            {
                logger.EventDead(failure, module.Name, context.EventId, context.Type, context.Key, context.Source, attempt, context.CorrelationId);
            }
            else
            {
                logger.EventParked(failure, module.Name, context.EventId, context.Type, context.Key, context.Source, context.CorrelationId);
            }

            Count(module.Name, context, StatusOf(isDead));
        }

        return true;
    }

    private static void Count(string module, EventContext context, string outcome)
    {
        var tags = EventLogDiagnostics.TagsOf(module, context.Source);
        tags.Add("outcome", outcome);
        EventLogDiagnostics.Retries.Add(1, tags);
    }

    private static string StatusOf(bool isDead) => isDead ? "dead" : "waiting";

    private Task NoteAsync(
        NpgsqlConnection connection, string module, DueEvent parked, int attempt, Exception failure, bool isDead, CancellationToken cancellationToken) =>
        ExecuteAsync(
            connection,
            $"""
            update "{module}".parked_events set attempts = $2, error = $3, next_try_at = $4, status = $5 where id = $1
            """,
            cancellationToken,
            parked.Id,
            attempt,
            StorableText.Of(failure.ToString()),
            clock.GetUtcNow() + options.Value.PauseAfter(attempt),
            StatusOf(isDead));

    private async Task<DueEvent?> LockDueAsync(NpgsqlConnection connection, string module, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select id, attempts, payload, source, event_id, event_type, event_version, key, correlation_id, causation_id, trace_parent, occurred_at,
                   subscription = $2
            from "{module}".parked_events due
            where status = 'waiting' and next_try_at <= $1 and not exists (
              select 1 from "{module}".parked_events before
              where before.subscription = due.subscription and before.source = due.source and before.key = due.key and before.position < due.position)
              and not exists (
              select 1 from "{module}".subscriptions paused
              where paused.name = due.subscription and paused.source = due.source and paused.paused_at is not null)
            order by next_try_at limit 1 for update skip locked
            """,
            connection).With(clock.GetUtcNow(), Subscription.RebuildOf(module));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetInt64(0), reader.GetInt32(1), reader.GetString(2), EventRow.Context(reader, 4, reader.GetString(3)), reader.GetBoolean(12))
            : null;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection).With(values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record DueEvent(long Id, int Attempts, string Payload, EventContext Context, bool IsOfRebuild);
}
