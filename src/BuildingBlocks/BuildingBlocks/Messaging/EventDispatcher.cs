using System.Collections.Concurrent;
using System.Diagnostics;
using BuildingBlocks.Contracts;
using BuildingBlocks.Modules;
using BuildingBlocks.Persistence;
using BuildingBlocks.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuildingBlocks.Messaging;

/// <summary>Runs a module's reactions and sagas on one event, inside a transaction that somebody else commits.</summary>
internal sealed class EventDispatcher(
    ModuleCatalog catalog, IServiceScopeFactory scopes, EventSignals signals, TimeProvider clock, IOptions<EventLogOptions> options)
{
    private static readonly ConcurrentDictionary<Type, ReactionCall> Calls = new();

    /// <summary>Applies the event and saves what its reactions changed.</summary>
    /// <returns>True when events were published meanwhile; once the transaction is committed, their subscribers are to be woken.</returns>
    /// <exception cref="TimeoutException">The reactions took longer than <see cref="EventLogOptions.ReactionTimeLimit"/>.</exception>
    public async Task<bool> ApplyAsync(
        ModuleDescriptor consumer, EventContext context, string payload, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        using var activity = EventLogDiagnostics.Activities.StartActivity($"{context.Type} process", ActivityKind.Consumer, context.TraceParent);
        activity?.SetTag("messaging.system", "eventlog").SetTag("messaging.destination.name", context.Source)
            .SetTag("messaging.consumer.group.name", consumer.Name).SetTag("messaging.message.id", context.EventId);
        Correlation.Begin(context.CorrelationId, context.EventId.ToString());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.ReactionTimeLimit);
        try
        {
            return await ApplyInScopeAsync(consumer, context, payload, transaction, limit.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The reactions of {consumer.Name} to {context.Type} took longer than {options.Value.ReactionTimeLimit}.", late);
        }
        catch (Exception failure)
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
            throw;
        }
    }

    public void WakeSubscribersOf(ModuleDescriptor publisher) => signals.Notify(publisher.Name);

    private async Task<bool> ApplyInScopeAsync(
        ModuleDescriptor consumer, EventContext context, string payload, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var happened = catalog.Events.Read(context.Type, context.Version, payload);
        var type = happened.GetType();
        await using var scope = scopes.CreateAsyncScope();
        var provider = scope.ServiceProvider;
        provider.GetRequiredService<AmbientTransaction>().Transaction = transaction;
        provider.GetRequiredService<Caller>().System();
        var db = await provider.ModuleDbContextIn(consumer.DbContextType!, cancellationToken);

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
        return db.HasPublished;
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
