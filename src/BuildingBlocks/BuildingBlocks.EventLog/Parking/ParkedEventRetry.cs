using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuildingBlocks.EventLog.Parking;

/// <summary>
/// Retries parked events when they are due, each key's first one first, until the key has drained or its first event is
/// dead.
/// </summary>
internal sealed class ParkedEventRetry(
    IModulePools pools,
    EventDispatcher dispatcher,
    EventSignals signals,
    TimeProvider clock,
    IOptions<EventLogOptions> options,
    ILogger<ParkedEventRetry> logger
)
{
    private const string BeforeTry = "before_try";

    /// <summary>A step that retries one due event; it returns whether there was one.</summary>
    public Func<CancellationToken, Task<bool>> For(LogModule module)
    {
        ParkedEventStore store = new(module.Name);
        return token => RetryOneAsync(module, store, token);
    }

    private async Task<bool> RetryOneAsync(
        LogModule module,
        ParkedEventStore store,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await pools.Of(module.Name).OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await store.LockDueAsync(connection, clock.GetUtcNow(), cancellationToken) is not { } parked)
        {
            return false;
        }

        // What fails is noted in the transaction that holds the row, so that however many Hosts run nobody tries it a
        // second time for the same due time.
        await transaction.SaveAsync(BeforeTry, cancellationToken);
        var (context, attempt) = (parked.Context, parked.Attempts + 1);
        try
        {
            if (parked.IsOfRebuild)
            {
                await RebuildTables.UseAsync(connection, module.Name, cancellationToken);
            }

            HeldNotifications held = new(module.Name);
            await dispatcher.ApplyAsync(
                module,
                [new(context with { Attempt = attempt }, parked.Payload)],
                transaction,
                held,
                cancellationToken
            );
            await store.DeleteAsync(connection, parked.Number, cancellationToken);
            await CheckConstraintsAsync(connection, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            logger.ParkedEventApplied(
                module.Name,
                context.EventId,
                context.Type,
                context.Key,
                context.Source,
                attempt,
                context.CorrelationId
            );
            held.Send(signals);
            Count(module.Name, context, "applied");
        }
        catch (Exception failure)
            when (!Failures.IsTransient(failure)
                && !Failures.IsConflict(failure)
                && failure is not OperationCanceledException
            )
        {
            await transaction.RollbackAsync(BeforeTry, cancellationToken);
            var status = attempt >= options.Value.MaxAttempts ? ParkedEventStatus.Dead : ParkedEventStatus.Waiting;
            var nextTryAt = clock.GetUtcNow() + options.Value.RetryDelay.After(attempt);
            await store.NoteAttemptAsync(
                connection,
                parked.Number,
                attempt,
                failure.ToString(),
                nextTryAt,
                status,
                cancellationToken
            );
            await transaction.CommitAsync(cancellationToken);
            Report(module.Name, context, attempt, status, failure);
            Count(module.Name, context, status);
        }

        return true;
    }

    /// <summary>
    /// What a constraint checks last would else fail the commit, when it is too late to note the attempt.
    /// </summary>
    private static async Task CheckConstraintsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new("set constraints all immediate", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private void Report(string module, EventContext context, int attempt, string status, Exception failure)
    {
        if (string.Equals(status, ParkedEventStatus.Dead, StringComparison.Ordinal))
        {
            logger.EventDead(
                failure,
                module,
                context.EventId,
                context.Type,
                context.Key,
                context.Source,
                attempt,
                context.CorrelationId
            );
        }
        else
        {
            logger.EventParked(
                failure,
                module,
                context.EventId,
                context.Type,
                context.Key,
                context.Source,
                context.CorrelationId
            );
        }
    }

    private static void Count(string module, EventContext context, string outcome)
    {
        var tags = EventLogDiagnostics.TagsOf(module, context.Source);
        tags.Add("outcome", outcome);
        EventLogDiagnostics.Retries.Add(1, tags);
    }
}
