using BuildingBlocks.Contracts;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Maintenance;
using BuildingBlocks.EventLog.Outbound;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Rebuild;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Modules;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace BuildingBlocks.Testing;

/// <summary>Does by hand, until nothing is left to do, what the Host's event log does in the background.</summary>
internal sealed class EventPump
{
    private readonly IServiceProvider services;
    private readonly ModuleCatalog catalog;
    private readonly ModuleDescriptor module;
    private readonly LaneWorker[] workers;
    private readonly Func<CancellationToken, Task<bool>> retry;
    private readonly Func<CancellationToken, Task<bool>> retryOutbound;
    private readonly Func<CancellationToken, Task<bool>> schedule;
    private long lastFailure;

    public EventPump(IServiceProvider services, ModuleCatalog catalog)
    {
        (this.services, this.catalog, module) = (services, catalog, catalog.Descriptors[0]);
        workers = [.. catalog.Subscriptions.Select(subscription => LaneWorker.For(subscription, services))];
        retry = services.GetRequiredService<ParkedEventRetry>().For(module.Log);
        retryOutbound = services.GetRequiredService<OutboundRetry>().For(module.Log);
        schedule = services.GetRequiredService<EventScheduler>().For(module.Log);
    }

    /// <summary>Whether a reaction that fails fails the test; else its event is only parked.</summary>
    public bool FailsOnParked { get; set; } = true;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Has what calls out of the database begin now, as the start of a Host does.</summary>
    public Task Begin() => catalog.Log.BeginOutboundAsync(services.GetRequiredService<IModulePools>(), Cancellation);

    public async Task Run()
    {
        for (var moved = true; moved; )
        {
            moved = await schedule(Cancellation);
            foreach (var worker in workers)
            {
                while (await worker.StepAsync(Cancellation) is StepOutcome.Moved or StepOutcome.Elsewhere)
                {
                    moved = true;
                }
            }

            while (await retry(Cancellation) | await retryOutbound(Cancellation))
            {
                moved = true;
            }
        }

        if (FailsOnParked)
        {
            await FailOnNewFailures();
        }
    }

    /// <summary>Takes a rebuild of the module that was started to its end.</summary>
    public async Task Rebuild()
    {
        var step = services.GetRequiredService<ProjectionRebuild>().For(module.Log);
        while (await step(Cancellation)) { }
    }

    /// <summary>Writes an event into the outbox of the module it belongs to, as that module's role.</summary>
    /// <returns>Its id.</returns>
    public async Task<Guid> Publish(IIntegrationEvent happened)
    {
        var source = SourceOf(happened.GetType());
        var row = OutboxEvent.From(happened);
        TestSql sql = new(services.GetRequiredService<ModuleDataSources>().Of(source));
        await sql.Execute(
            $"""insert into "{source}".outbox (event_id, event_type, event_version, key, payload, correlation_id, trace_parent) values ($1, $2, $3, $4, $5::jsonb, $6, $7::text)""",
            row.EventId,
            row.EventType,
            row.EventVersion,
            row.Key,
            row.Payload,
            row.CorrelationId,
            row.TraceParent
        );
        return row.EventId;
    }

    /// <summary>
    /// A worker that knows how far the event's subscription has come now, and will not look again before its next step.
    /// </summary>
    public async Task<SubscriptionWorker> LateWorkerFor(Type eventType)
    {
        var worker = ActivatorUtilities.CreateInstance<SubscriptionWorker>(services, SubscriptionTo(eventType));
        while (await worker.StepAsync(Cancellation) is StepOutcome.Moved or StepOutcome.Elsewhere) { }

        return worker;
    }

    /// <summary>By which the module gets events of this type.</summary>
    public Subscription SubscriptionTo(Type eventType)
    {
        var source = SourceOf(eventType);
        return catalog.Subscriptions.Single(one =>
            !one.IsOutbound && string.Equals(one.Source, source, StringComparison.Ordinal)
        );
    }

    /// <summary>By which what the module does outside of the database gets events of this type.</summary>
    public Subscription OutboundSubscriptionTo(Type eventType)
    {
        var source = SourceOf(eventType);
        return catalog.Subscriptions.Single(one =>
            one.IsOutbound && string.Equals(one.Source, source, StringComparison.Ordinal)
        );
    }

    private string SourceOf(Type eventType)
    {
        var name = EventName.Of(eventType).Name;
        var owner = ModuleDescriptor.OwnerOf(eventType);
        var expected = string.Equals(owner, module.Module.Assembly.GetName().Name, StringComparison.Ordinal)
            ? module.Name
            : SnakeCaseNames.Convert(owner);
        var known = catalog.Descriptors[0].HeardEvents.Select(type => type.Name).Order(StringComparer.Ordinal);
        return module.HeardEvents.Contains(eventType)
            ? expected
            : throw new InvalidOperationException(
                $"{module.Name} has no reaction and no saga step for {eventType.Name} ({name}), so giving it changes "
                    + $"nothing. It reacts to {string.Join(", ", known)}."
            );
    }

    private async Task FailOnNewFailures()
    {
        TestSql sql = new(services.GetRequiredService<ModuleDataSources>().Of(module.Name));
        var failed = await sql.Rows(
            $"""select id, event_type, key, error from "{module.Name}".parked_events where id > $1 and attempts > 0 order by id""",
            lastFailure
        );
        if (failed.Count > 0)
        {
            lastFailure = (long)failed[^1][0]!;
            Assert.Fail(
                string.Join(
                    '\n',
                    failed.Select(row =>
                        $"{module.Name} could not apply {row[1]} of key {row[2]}, and parked it: {row[3]}"
                    )
                )
            );
        }
    }
}
