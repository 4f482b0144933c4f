using System.Globalization;
using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Rebuild;
using BuildingBlocks.EventLog.Subscriptions;

namespace BuildingBlocks.Operations;

/// <summary>What an operator can do about the rebuild of a projection.</summary>
internal sealed class RebuildOperations(EventLogCatalog catalog, ProjectionRebuild rebuild)
{
    /// <summary>Begins to rebuild a projection; it is swapped in by itself once it has caught up.</summary>
    /// <param name="name">The consumer group, which is the module's name.</param>
    /// <param name="operatorId">Who asks for it, for the log.</param>
    /// <param name="cancellationToken">Cancels the operation; nothing is changed.</param>
    public async Task<Result> StartAsync(string name, string operatorId, CancellationToken cancellationToken)
    {
        if (Find(name).Failed(out var refusal, out var module))
        {
            return refusal;
        }

        if (await rebuild.FindMissingHistoryAsync(module, cancellationToken) is var (source, pruned))
        {
            return Error.Conflict(
                "operations.history-pruned",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{name}' cannot be rebuilt: {source} keeps no events from before {pruned:u} "
                        + $"(EventLog:ReplayWindow), so what they told would be missing."
                )
            );
        }

        return await rebuild.TryStartAsync(module, operatorId, cancellationToken)
            ? Result.Done
            : Error.Conflict(
                "operations.rebuild-running",
                $"'{name}' is being rebuilt already; GET /operations/subscriptions shows how far it has come."
            );
    }

    /// <summary>Abandons a rebuild; the live projection stays as it is.</summary>
    /// <param name="name">The consumer group, which is the module's name.</param>
    /// <param name="operatorId">Who asks for it, for the log.</param>
    /// <param name="cancellationToken">Cancels the operation; the rebuild continues.</param>
    public async Task<Result> AbandonAsync(string name, string operatorId, CancellationToken cancellationToken)
    {
        if (Find(name).Failed(out var refusal, out var module))
        {
            return refusal;
        }

        return await rebuild.TryAbandonAsync(module, operatorId, cancellationToken)
            ? Result.Done
            : Error.Conflict("operations.no-rebuild", $"'{name}' is not being rebuilt.");
    }

    private Result<LogModule> Find(string name)
    {
        var module = catalog.Modules.FirstOrDefault(one => string.Equals(one.Name, name, StringComparison.Ordinal));
        if (module is null || rebuild.SourcesOf(module).Length == 0)
        {
            return Error.NotFound(
                "operations.unknown-subscription",
                $"There is no subscription '{name}'; GET /operations/subscriptions lists them."
            );
        }

        var projections = catalog
            .Modules.Where(one => one.IsProjection)
            .Select(one => one.Name)
            .Order(StringComparer.Ordinal);
        return module.IsProjection
            ? module
            : Error.Unprocessable(
                "operations.not-a-projection",
                $"'{name}' holds more than follows from events, so it cannot be rebuilt from them. Those that can be: "
                    + $"{string.Join(", ", projections)}."
            );
    }
}
