using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Feeds;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BuildingBlocks.EventLog.Maintenance;

/// <summary>
/// Reports to each outbox how far its consumers in this Host have come, and prunes what all consumers have applied and
/// what is older than the replay window. Without a window nothing is ever deleted.
/// </summary>
internal sealed class OutboxRetention(
    EventLogCatalog catalog,
    IModulePools pools,
    TimeProvider clock,
    IOptions<EventLogOptions> options,
    IServiceProvider services,
    ILogger<OutboxRetention> logger
)
{
    /// <summary>How many events one statement looks at, and deletes at most.</summary>
    private const int BatchSize = 2_000;

    /// <summary>A step that prunes one outbox; it returns whether there may be more to prune.</summary>
    public Func<CancellationToken, Task<bool>> For(string source)
    {
        Subscription[] consumers =
        [
            .. catalog
                .Subscriptions.Where(one => string.Equals(one.Source, source, StringComparison.Ordinal))
                .SelectMany(one => one.Consumer.IsProjection ? new[] { one, one with { IsRebuild = true } } : [one]),
        ];
        return token => StepAsync(source, consumers, token);
    }

    private async Task<bool> StepAsync(string source, Subscription[] consumers, CancellationToken cancellationToken)
    {
        foreach (var consumer in consumers)
        {
            await ReportAsync(consumer, cancellationToken);
        }

        if (options.Value.ReplayWindow is not { } window)
        {
            return false;
        }

        await using var command = pools
            .Of(source)
            .CreateCommand($"""select "{source}".prune_outbox($1, {BatchSize})""")
            .With(clock.GetUtcNow() - window);
        var pruned = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        if (pruned > 0)
        {
            logger.OutboxPruned(source, pruned, window);
        }

        if (
            services.GetService<FeedWork>() is { } feeds
            && feeds.ServedModules.Contains(source, StringComparer.Ordinal)
        )
        {
            await feeds.PagesOf(source).PruneAsync(cancellationToken);
        }

        return pruned == BatchSize;
    }

    private async Task ReportAsync(Subscription consumer, CancellationToken cancellationToken)
    {
        var outbox = pools.Of(consumer.Source);
        IReadOnlyList<SubscriptionRow> lanes;
        await using (var connection = await pools.Of(consumer.Consumer.Name).OpenConnectionAsync(cancellationToken))
        {
            lanes = await new SubscriptionStore(consumer).ReadAsync(connection, cancellationToken);
        }

        if (lanes.Count > 0)
        {
            await OutboxConsumers.ReportAsync(outbox, consumer, lanes, cancellationToken);
        }
        else if (consumer.IsRebuild)
        {
            await OutboxConsumers.ForgetAsync(outbox, consumer.Source, consumer.Name, cancellationToken);
        }
        else
        {
            // It will start with the events that are left.
            await OutboxConsumers.EnsureKnownAsync(outbox, consumer, cancellationToken);
        }
    }
}
