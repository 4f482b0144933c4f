using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Storage;
using Microsoft.Extensions.Logging;

namespace BuildingBlocks.EventLog.Outbound;

/// <summary>
/// Calls out again for parked events when they are due, each key's first one first, outside of any transaction: a claim
/// on the event keeps others from it meanwhile, and counts the try even when nobody learns what became of it.
/// </summary>
internal sealed class OutboundRetry(
    IModulePools pools,
    OutboundCaller caller,
    OutboundLimits limits,
    TimeProvider clock,
    ILogger<OutboundRetry> logger
)
{
    /// <summary>
    /// A step that retries what is due, as much as there are slots for, and tells whether there was any.
    /// </summary>
    public Func<CancellationToken, Task<bool>> For(LogModule module)
    {
        ParkedEventStore store = new(module.Name);
        return async token =>
        {
            var tried = await Task.WhenAll(
                module.Outbound.Select(reaction => RetryAsync(module, reaction, store, token))
            );
            return tried.Contains(true);
        };
    }

    private async Task<bool> RetryAsync(
        LogModule module,
        OutboundReaction reaction,
        ParkedEventStore store,
        CancellationToken cancellationToken
    )
    {
        var slots = limits.SlotsOf(reaction);
        List<Task> running = [];
        try
        {
            while (await slots.WaitAsync(TimeSpan.Zero, cancellationToken))
            {
                var isClaimed = false;
                try
                {
                    if (await ClaimAsync(module, reaction, store, cancellationToken) is not { } claimed)
                    {
                        break;
                    }

                    isClaimed = true;
                    running.Add(TryAsync(module, reaction, store, claimed, slots, cancellationToken));
                }
                finally
                {
                    if (!isClaimed)
                    {
                        slots.Release();
                    }
                }
            }
        }
        finally
        {
            await Task.WhenAll(running);
        }

        return running.Count > 0;
    }

    private async Task<DueEvent?> ClaimAsync(
        LogModule module,
        OutboundReaction reaction,
        ParkedEventStore store,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        await using var connection = await pools.Of(module.Name).OpenConnectionAsync(cancellationToken);
        return await store.ClaimDueAsync(
            connection,
            reaction.EventName,
            now,
            now + limits.TimeLimitOf(reaction) + OutboundLimits.Margin,
            cancellationToken
        );
    }

    private async Task TryAsync(
        LogModule module,
        OutboundReaction reaction,
        ParkedEventStore store,
        DueEvent claimed,
        SemaphoreSlim slot,
        CancellationToken cancellationToken
    )
    {
        var context = claimed.Context;
        var consumer = OutboundReaction.ConsumerOf(module.Name);
        try
        {
            if (
                await caller.CallAsync(
                    module,
                    reaction,
                    new(context with { Attempt = claimed.Attempts }, claimed.Payload),
                    (connection, token) => store.TryEndAsync(connection, claimed, token),
                    cancellationToken
                )
            )
            {
                logger.ParkedEventApplied(
                    consumer,
                    context.EventId,
                    context.Type,
                    context.Key,
                    context.Source,
                    claimed.Attempts,
                    context.CorrelationId
                );
                Count(consumer, context.Source, "applied");
            }
        }
        catch (Exception failure)
            when (!Failures.IsTransient(failure)
                && (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            )
        {
            await NoteFailureAsync(module, reaction, store, claimed, failure, cancellationToken);
        }
        finally
        {
            slot.Release();
        }
    }

    private async Task NoteFailureAsync(
        LogModule module,
        OutboundReaction reaction,
        ParkedEventStore store,
        DueEvent claimed,
        Exception failure,
        CancellationToken cancellationToken
    )
    {
        var (context, consumer) = (claimed.Context, OutboundReaction.ConsumerOf(module.Name));
        var isDead = claimed.Attempts >= limits.MaxAttemptsOf(reaction);
        var status = isDead ? ParkedEventStatus.Dead : ParkedEventStatus.Waiting;
        await using (var connection = await pools.Of(module.Name).OpenConnectionAsync(cancellationToken))
        {
            var nextTryAt = clock.GetUtcNow() + limits.PauseAfter(claimed.Attempts);
            if (
                !await store.TryNoteFailureAsync(
                    connection,
                    claimed,
                    failure.ToString(),
                    nextTryAt,
                    status,
                    cancellationToken
                )
            )
            {
                return;
            }
        }

        if (isDead)
        {
            logger.EventDead(
                failure,
                consumer,
                context.EventId,
                context.Type,
                context.Key,
                context.Source,
                claimed.Attempts,
                context.CorrelationId
            );
        }
        else
        {
            logger.EventParked(
                failure,
                consumer,
                context.EventId,
                context.Type,
                context.Key,
                context.Source,
                context.CorrelationId
            );
        }

        Count(consumer, context.Source, status);
    }

    private static void Count(string consumer, string source, string outcome)
    {
        var tags = EventLogDiagnostics.TagsOf(consumer, source);
        tags.Add("outcome", outcome);
        EventLogDiagnostics.Retries.Add(1, tags);
    }
}
