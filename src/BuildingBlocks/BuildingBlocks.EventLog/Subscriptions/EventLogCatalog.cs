using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Storage;

namespace BuildingBlocks.EventLog.Subscriptions;

/// <summary>The modules of this process, and which of them reads whose outbox.</summary>
/// <param name="modules">In the order in which they were named.</param>
/// <param name="subscriptions">Also those to sources that cannot be read from here.</param>
/// <param name="readsElsewhere">Whether outboxes of modules that run elsewhere are within reach.</param>
/// <param name="shadows">The modules that run elsewhere and whose events a feed brings here.</param>
internal sealed class EventLogCatalog(
    IReadOnlyList<LogModule> modules,
    IReadOnlyList<Subscription> subscriptions,
    bool readsElsewhere,
    IReadOnlyList<string> shadows
)
{
    public IReadOnlyList<LogModule> Modules => modules;

    public IReadOnlyList<Subscription> Subscriptions => subscriptions;

    /// <summary>The modules that run elsewhere and whose events a feed brings here.</summary>
    public IReadOnlyList<string> Shadows => shadows;

    /// <summary>The modules whose outboxes this database holds: those of this process, and the shadows.</summary>
    public IEnumerable<string> Outboxes => modules.Select(module => module.Name).Concat(shadows);

    /// <summary>Whether a module runs in this process.</summary>
    public bool Runs(string module) => modules.Any(one => string.Equals(one.Name, module, StringComparison.Ordinal));

    /// <summary>
    /// Whether the outbox of a module can be read from here: it runs in this process, its events are
    /// brought here, or it runs elsewhere within reach.
    /// </summary>
    public bool CanRead(string source) =>
        readsElsewhere || Runs(source) || shadows.Contains(source, StringComparer.Ordinal);

    /// <summary>
    /// Has the subscriptions that call out of the database and never ran begin here and now, before anybody can publish
    /// what they are to call out for.
    /// </summary>
    public async Task BeginOutboundAsync(IModulePools pools, CancellationToken cancellationToken)
    {
        foreach (var subscription in subscriptions.Where(one => one.IsOutbound && CanRead(one.Source)))
        {
            var outbox = pools.Of(subscription.Source);
            await OutboxConsumers.EnsureKnownAsync(outbox, subscription, cancellationToken);
            await using var connection = await pools
                .Of(subscription.Consumer.Name)
                .OpenConnectionAsync(cancellationToken);
            await new SubscriptionStore(subscription).EnsureExistsAsync(connection, outbox, cancellationToken);
        }
    }

    /// <summary>The subscription of a consumer to a source; null when it reacts to none of its events.</summary>
    public Subscription? Find(string consumer, string source) =>
        subscriptions.FirstOrDefault(one =>
            string.Equals(one.Name, consumer, StringComparison.Ordinal)
            && string.Equals(one.Source, source, StringComparison.Ordinal)
        );
}
