using System.Collections.Concurrent;
using System.Diagnostics;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Publishing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuildingBlocks.EventLog.Consuming;

/// <summary>An event to be applied: its envelope, and its payload as it was published.</summary>
internal readonly record struct HappenedEvent(EventContext Context, string Payload);

/// <summary>
/// Runs a module's reactions and sagas on events of one source, inside a transaction that the caller commits.
/// </summary>
internal sealed class EventDispatcher(
    EventCatalog catalog,
    IServiceScopeFactory scopes,
    PoisonedConnections poisoned,
    TimeProvider clock,
    IOptions<EventLogOptions> options,
    ILogger<EventDispatcher> logger
)
{
    private static readonly ConcurrentDictionary<ReactionDescriptor, ReactionCall> Calls = new();

    /// <summary>
    /// Applies the events, each on a DbContext of its own or many at once where the reactions allow it, and saves what
    /// they changed.
    /// </summary>
    /// <param name="consumer">The module that reacts.</param>
    /// <param name="events">In the order in which they are to take effect.</param>
    /// <param name="transaction">All changes are part of it.</param>
    /// <param name="held">Collects the notifications to send after the commit.</param>
    /// <exception cref="TimeoutException">Reactions took longer than
    /// <see cref="EventLogOptions.ReactionTimeLimit"/>.</exception>
    public async Task ApplyAsync(
        LogModule consumer,
        IReadOnlyList<HappenedEvent> events,
        NpgsqlTransaction transaction,
        HeldNotifications held,
        CancellationToken cancellationToken
    )
    {
        for (var next = 0; next < events.Count; )
        {
            var run = RunFrom(next, events, consumer);
            await ApplyRunAsync(consumer, run, transaction, held, cancellationToken);
            next += run.Length;
        }
    }

    /// <summary>What can be applied together: one event, or all of its type that follow it directly.</summary>
    private static HappenedEvent[] RunFrom(int first, IReadOnlyList<HappenedEvent> events, LogModule consumer)
    {
        var type = events[first].Context.Type;
        return consumer.AppliesInBatches(type)
            ?
            [
                .. events
                    .Skip(first)
                    .TakeWhile(happened => string.Equals(happened.Context.Type, type, StringComparison.Ordinal)),
            ]
            : [events[first]];
    }

    private async Task ApplyRunAsync(
        LogModule consumer,
        HappenedEvent[] run,
        NpgsqlTransaction transaction,
        HeldNotifications held,
        CancellationToken cancellationToken
    )
    {
        var began = Stopwatch.GetTimestamp();
        var first = run[0].Context;
        var tags = EventLogDiagnostics.TagsOf(consumer.Name, first.Source);
        tags.Add(EventLogDiagnostics.EventTypeTag, first.Type);
        using var activity = StartActivity(consumer, run);
        using var scope = run.Length == 1 ? logger.BeginScope(new EventScope(consumer.Name, first)) : null;
        if (run.Length == 1)
        {
            Correlation.Begin(first.CorrelationId, first.EventId.ToString());
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.ReactionTimeLimit);
        try
        {
            await ApplyInScopeAsync(consumer, run, transaction, held, limit.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            tags.Add("error.type", "timeout");
            activity?.SetStatus(ActivityStatusCode.Error, "The reactions took too long.");
            throw new TimeoutException(
                $"The reactions of {consumer.Name} to {first.Type} took longer than {options.Value.ReactionTimeLimit}.",
                late
            );
        }
        catch (Exception failure)
        {
            poisoned.After(failure, consumer.Name);
            tags.Add("error.type", failure.GetType().FullName);
            activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
            throw;
        }
        finally
        {
            EventLogDiagnostics.ProcessDuration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, tags);
        }
    }

    /// <summary>Follows from the one event, or is linked to each of many.</summary>
    private static Activity? StartActivity(LogModule consumer, HappenedEvent[] run)
    {
        var first = run[0].Context;
        var name = $"{first.Type} process";
        var activity =
            run.Length == 1
                ? EventLogDiagnostics.Activities.StartActivity(name, ActivityKind.Consumer, first.TraceParent)
                : EventLogDiagnostics.Activities.StartActivity(
                    ActivityKind.Consumer,
                    parentContext: default,
                    links: LinksTo(run),
                    name: name
                );
        activity
            ?.SetTag(EventLogDiagnostics.SystemTag, EventLogDiagnostics.System)
            .SetTag(EventLogDiagnostics.SourceTag, first.Source)
            .SetTag(EventLogDiagnostics.ConsumerTag, consumer.Name)
            .SetTag("messaging.operation.type", "process");
        return run.Length == 1
            ? activity?.SetTag("messaging.message.id", first.EventId)
            : activity?.SetTag("messaging.batch.message_count", run.Length);
    }

    private static IEnumerable<ActivityLink> LinksTo(HappenedEvent[] run)
    {
        foreach (var happened in run)
        {
            if (ActivityContext.TryParse(happened.Context.TraceParent, traceState: null, isRemote: true, out var cause))
            {
                yield return new(cause);
            }
        }
    }

    private async Task ApplyInScopeAsync(
        LogModule consumer,
        HappenedEvent[] run,
        NpgsqlTransaction transaction,
        HeldNotifications held,
        CancellationToken cancellationToken
    )
    {
        var happened = Array.ConvertAll(run, one => catalog.Read(one.Context.Type, one.Context.Version, one.Payload));
        var type = happened[0].GetType();
        using var stay = ModuleCode.Enter(consumer.Name);
        await using var scope = scopes.CreateAsyncScope();
        var provider = scope.ServiceProvider;
        provider.GetRequiredService<AmbientTransaction>().Transaction = transaction;
        consumer.PrepareScope?.Invoke(provider);
        var db = await provider.ModuleDbContextIn(consumer.DbContextType!, cancellationToken);
        db.Held = held;

        foreach (var reaction in consumer.Reactions.Where(reaction => reaction.EventType == type))
        {
            db.MayPublish = !reaction.TakesBatches;
            await Calls
                .GetOrAdd(reaction, ReactionCall.Of)
                .Invoke(provider.GetRequiredService(reaction.ReactionType), happened, run, cancellationToken);
        }

        db.MayPublish = true;
        foreach (var saga in consumer.Sagas.Where(saga => saga.EventTypes.Contains(type)))
        {
            await saga.Handle(db, happened[0], run[0].Context, clock.GetUtcNow(), cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    private abstract class ReactionCall
    {
        public static ReactionCall Of(ReactionDescriptor reaction) =>
            (ReactionCall)
                Activator.CreateInstance(
                    (reaction.TakesBatches ? typeof(BatchCall<>) : typeof(SingleCall<>)).MakeGenericType(
                        reaction.EventType
                    )
                )!;

        public abstract Task Invoke(
            object reaction,
            IIntegrationEvent[] events,
            HappenedEvent[] run,
            CancellationToken cancellationToken
        );
    }

    private sealed class SingleCall<TEvent> : ReactionCall
        where TEvent : IIntegrationEvent
    {
        public override Task Invoke(
            object reaction,
            IIntegrationEvent[] events,
            HappenedEvent[] run,
            CancellationToken cancellationToken
        ) => ((IReaction<TEvent>)reaction).Handle((TEvent)events[0], run[0].Context, cancellationToken);
    }

    private sealed class BatchCall<TEvent> : ReactionCall
        where TEvent : IIntegrationEvent
    {
        public override Task Invoke(
            object reaction,
            IIntegrationEvent[] events,
            HappenedEvent[] run,
            CancellationToken cancellationToken
        ) =>
            ((IBatchReaction<TEvent>)reaction).Handle(
                [
                    .. events.Zip(run, (happened, stored) =>
                        new EventWithContext<TEvent>((TEvent)happened, stored.Context)
                    ),
                ],
                cancellationToken
            );
    }
}
