using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using BuildingBlocks.Contracts;
using BuildingBlocks.Modules;
using BuildingBlocks.Persistence;
using BuildingBlocks.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuildingBlocks.Messaging;

/// <summary>Runs a module's reactions and sagas on one event, inside a transaction that somebody else commits.</summary>
internal sealed class EventDispatcher(
    ModuleCatalog catalog, IServiceScopeFactory scopes, TimeProvider clock, IOptions<EventLogOptions> options, ILogger<EventDispatcher> logger)
{
    private static readonly ConcurrentDictionary<Type, ReactionCall> Calls = new();

    /// <summary>Applies the event and saves what its reactions changed.</summary>
    /// <param name="consumer">The module that reacts.</param>
    /// <param name="context">The event's envelope.</param>
    /// <param name="payload">As it was published.</param>
    /// <param name="transaction">What is changed is part of it.</param>
    /// <param name="announcements">Takes up what is to be told once the transaction is committed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TimeoutException">The reactions took longer than <see cref="EventLogOptions.ReactionTimeLimit"/>.</exception>
    public async Task ApplyAsync(
        ModuleDescriptor consumer, EventContext context, string payload, NpgsqlTransaction transaction, Announcements announcements, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var tags = EventLogDiagnostics.TagsOf(consumer.Name, context.Source);
        tags.Add(EventLogDiagnostics.EventTypeTag, context.Type);
        using var activity = EventLogDiagnostics.Activities.StartActivity($"{context.Type} process", ActivityKind.Consumer, context.TraceParent);
        activity?.SetTag(EventLogDiagnostics.SystemTag, EventLogDiagnostics.System).SetTag(EventLogDiagnostics.SourceTag, context.Source)
            .SetTag(EventLogDiagnostics.ConsumerTag, consumer.Name).SetTag("messaging.message.id", context.EventId).SetTag("messaging.operation.type", "process");
        using var scope = logger.BeginScope(new EventScope(consumer.Name, context));
        Correlation.Begin(context.CorrelationId, context.EventId.ToString());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.ReactionTimeLimit);
        try
        {
            await ApplyInScopeAsync(consumer, context, payload, transaction, announcements, limit.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            tags.Add("error.type", "timeout");
            activity?.SetStatus(ActivityStatusCode.Error, "The reactions took too long.");
            throw new TimeoutException($"The reactions of {consumer.Name} to {context.Type} took longer than {options.Value.ReactionTimeLimit}.", late);
        }
        catch (Exception failure)
        {
            tags.Add("error.type", failure.GetType().FullName);
            activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
            throw;
        }
        finally
        {
            EventLogDiagnostics.ProcessDuration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, tags);
        }
    }

    private async Task ApplyInScopeAsync(
        ModuleDescriptor consumer, EventContext context, string payload, NpgsqlTransaction transaction, Announcements announcements, CancellationToken cancellationToken)
    {
        var happened = catalog.Events.Read(context.Type, context.Version, payload);
        var type = happened.GetType();
        await using var scope = scopes.CreateAsyncScope();
        var provider = scope.ServiceProvider;
        provider.GetRequiredService<AmbientTransaction>().Transaction = transaction;
        provider.GetRequiredService<Caller>().System();
        var db = await provider.ModuleDbContextIn(consumer.DbContextType!, cancellationToken);
        db.Announcements = announcements;

        foreach (var reaction in consumer.Reactions.Where(reaction => reaction.EventType == type))
        {
            var call = Calls.GetOrAdd(type, static type => (ReactionCall)Activator.CreateInstance(typeof(ReactionCall<>).MakeGenericType(type))!);
            await call.Invoke(provider.GetRequiredService(reaction.ReactionType), happened, context, cancellationToken);
        }

        foreach (var saga in consumer.Sagas.Where(saga => saga.EventTypes.Contains(type)))
        {
            await saga.Handle(db, happened, context, clock.GetUtcNow(), cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>What every line that is logged meanwhile carries; a list of pairs only when somebody reads it.</summary>
    private sealed class EventScope(string consumer, EventContext context) : IEnumerable<KeyValuePair<string, object?>>
    {
        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            yield return new("CorrelationId", context.CorrelationId);
            yield return new("Consumer", consumer);
            yield return new("EventId", context.EventId);
            yield return new("EventType", context.Type);
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => $"CorrelationId:{context.CorrelationId} Consumer:{consumer} EventId:{context.EventId} EventType:{context.Type}";
    }

    private abstract class ReactionCall
    {
        public abstract Task Invoke(object reaction, IIntegrationEvent happened, EventContext context, CancellationToken cancellationToken);
    }

    private sealed class ReactionCall<TEvent> : ReactionCall
        where TEvent : IIntegrationEvent
    {
        public override Task Invoke(object reaction, IIntegrationEvent happened, EventContext context, CancellationToken cancellationToken) =>
            ((IReaction<TEvent>)reaction).Handle((TEvent)happened, context, cancellationToken);
    }
}
