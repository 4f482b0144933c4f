using System.Diagnostics;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Publishing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildingBlocks.EventLog.Outbound;

/// <summary>
/// Calls an outbound reaction outside of any transaction, then saves what it changed in the short transaction that
/// writes down that the call ended.
/// </summary>
internal sealed class OutboundCaller(
    EventCatalog catalog,
    IServiceScopeFactory scopes,
    PoisonedConnections poisoned,
    OutboundLimits limits,
    ILogger<OutboundCaller> logger
)
{
    /// <summary>How long a call that does not heed its cancellation is still waited for.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>For how long the end of a call is written down again and again while the database is away.</summary>
    private static readonly TimeSpan LongestSaving = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan SavingPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Writes down, in the transaction of a connection, that the call ended.</summary>
    /// <returns>False when that is another's business by now, or was written down before.</returns>
    public delegate Task<bool> End(NpgsqlConnection connection, CancellationToken cancellationToken);

    /// <summary>Calls, and has the end written down.</summary>
    /// <param name="consumer">The module that reacts.</param>
    /// <param name="reaction">To the event.</param>
    /// <param name="happened">Its context tells which try this is.</param>
    /// <param name="end">Writes the end down.</param>
    /// <param name="cancellationToken">The Host waits no longer; the end is not written down then.</param>
    /// <returns>False when somebody else has taken the event over, or its end was written down before.</returns>
    /// <exception cref="TimeoutException">The call took longer than its limit.</exception>
    public async Task<bool> CallAsync(
        LogModule consumer,
        OutboundReaction reaction,
        HappenedEvent happened,
        End end,
        CancellationToken cancellationToken
    )
    {
        var (began, context) = (Stopwatch.GetTimestamp(), happened.Context);
        var tags = EventLogDiagnostics.TagsOf(OutboundReaction.ConsumerOf(consumer.Name), context.Source);
        tags.Add(EventLogDiagnostics.EventTypeTag, context.Type);
        using var activity = StartActivity(consumer, context);
        using var logged = logger.BeginScope(new EventScope(OutboundReaction.ConsumerOf(consumer.Name), context));
        Correlation.Begin(context.CorrelationId, context.EventId.ToString());
        try
        {
            return await CallInScopeAsync(consumer, reaction, happened, end, cancellationToken);
        }
        catch (Exception failure)
        {
            poisoned.After(failure, consumer.Name);
            tags.Add("error.type", failure is TimeoutException ? "timeout" : failure.GetType().FullName);
            activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
            throw;
        }
        finally
        {
            EventLogDiagnostics.ProcessDuration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, tags);
        }
    }

    private static Activity? StartActivity(LogModule consumer, EventContext context) =>
        EventLogDiagnostics
            .Activities.StartActivity($"{context.Type} process", ActivityKind.Consumer, context.TraceParent)
            ?.SetTag(EventLogDiagnostics.SystemTag, EventLogDiagnostics.System)
            .SetTag(EventLogDiagnostics.SourceTag, context.Source)
            .SetTag(EventLogDiagnostics.ConsumerTag, OutboundReaction.ConsumerOf(consumer.Name))
            .SetTag("messaging.operation.type", "process")
            .SetTag("messaging.message.id", context.EventId);

    private async Task<bool> CallInScopeAsync(
        LogModule consumer,
        OutboundReaction reaction,
        HappenedEvent happened,
        End end,
        CancellationToken cancellationToken
    )
    {
        var (context, timeLimit) = (happened.Context, limits.TimeLimitOf(reaction));
        var what = catalog.Read(context.Type, context.Version, happened.Payload);
        using var stay = ModuleCode.Enter(consumer.Name);
        var scope = scopes.CreateAsyncScope();
        var call = Task.CompletedTask;
        try
        {
            consumer.PrepareScope?.Invoke(scope.ServiceProvider);
            var db = await scope.ServiceProvider.ModuleDbContextIn(consumer.DbContextType!, cancellationToken);
            using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
            {
                limit.CancelAfter(timeLimit);
                try
                {
                    var handler = scope.ServiceProvider.GetRequiredService(reaction.ReactionType);

                    // Whatever it does before it first waits is part of what is limited.
                    call = Task.Run(() => reaction.CallAsync(handler, what, context, limit.Token), cancellationToken);
                    await call.WaitAsync(timeLimit + Grace, cancellationToken);
                }
                catch (Exception late)
                    when (late is OperationCanceledException or TimeoutException
                        && limit.IsCancellationRequested
                        && !cancellationToken.IsCancellationRequested
                    )
                {
                    throw new TimeoutException(
                        $"{reaction.ReactionType.Name} took longer than {timeLimit} over {context.Type}"
                            + (call.IsCompleted ? "." : ", and does not heed its cancellation."),
                        late
                    );
                }
            }

            if (db.Database.CurrentTransaction is not null)
            {
                throw new InvalidOperationException(
                    $"{reaction.ReactionType.Name} left a transaction open. An outbound reaction begins none; what it "
                        + "changes is saved for it."
                );
            }

            return await SaveAsync(db, end, cancellationToken);
        }
        finally
        {
            if (call.IsCompleted)
            {
                await scope.DisposeAsync();
            }
            else
            {
                // What it works with cannot be taken from under it, nor given to somebody else.
                _ = call.ContinueWith(
                    _ => scope.DisposeAsync().AsTask(),
                    CancellationToken.None,
                    TaskContinuationOptions.None,
                    TaskScheduler.Default
                );
            }
        }
    }

    /// <summary>
    /// The call cannot be taken back, so a database that is away for a moment is waited for. Only a commit whose answer
    /// is lost is not repeated: the DbContext holds nothing to save any more, and whether it was made is seen when the
    /// call is to begin again.
    /// </summary>
    private static async Task<bool> SaveAsync(ModuleDbContext db, End end, CancellationToken cancellationToken)
    {
        var (began, isSaved) = (Stopwatch.GetTimestamp(), false);
        while (true)
        {
            try
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                if (!await end((NpgsqlConnection)db.Database.GetDbConnection(), cancellationToken))
                {
                    return false;
                }

                await db.SaveChangesAsync(cancellationToken);
                isSaved = true;
                await transaction.CommitAsync(cancellationToken);
                return true;
            }
            catch (Exception failure)
                when (!isSaved && Failures.IsTransient(failure) && Stopwatch.GetElapsedTime(began) < LongestSaving)
            {
                await Task.Delay(SavingPause, cancellationToken);
            }
        }
    }
}
