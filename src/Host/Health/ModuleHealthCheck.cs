using System.Globalization;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Monitoring;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Modules;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Host.Health;

/// <summary>
/// Asks one module's database, as the module's own role, whether it answers and how far the module has applied what
/// others published. A database that cannot be reached, or takes no writes, makes the module unhealthy; a dead event,
/// stale copies or a source that does not run here make it degraded, for it still serves requests.
/// </summary>
internal sealed class ModuleHealthCheck(
    string module,
    ModuleCatalog catalog,
    ModuleDataSources sources,
    SubscriptionMonitor monitor,
    OutageLog outages,
    FeedFreshness feeds,
    TimeProvider clock,
    IOptions<EventLogOptions> settings
) : IHealthCheck
{
    private readonly string work = $"Module {module}";
    private readonly EventLogOptions options = settings.Value;

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            await using (var connection = await sources.Of(module).OpenConnectionAsync(cancellationToken))
            {
                await using NpgsqlCommand command = new("show transaction_read_only", connection);
                if (await command.ExecuteScalarAsync(cancellationToken) is "on")
                {
                    const string Fault = "The database takes no writes.";
                    outages.DatabaseUnusable(work, Fault);
                    return HealthCheckResult.Unhealthy(Fault);
                }

                if (await ModuleRights.FindMissingAsync(connection, module, cancellationToken) is { } lost)
                {
                    outages.Unwell(work, lost);
                    return HealthCheckResult.Unhealthy("The module lacks rights in the database; the log names them.");
                }
            }

            var subscriptions = (await monitor.ReadAsync(module, cancellationToken))
                .Select(SourceFreshness.Of(clock.GetUtcNow()))
                .ToArray();
            Dictionary<string, object> data = new(StringComparer.Ordinal) { [nameof(subscriptions)] = subscriptions };
            if (
                subscriptions.Select(Alarm).FirstOrDefault(alarm => alarm is not null) is { } reason
                || (reason = catalog.Shadows.Select(LateFeed).FirstOrDefault(late => late is not null)) is not null
            )
            {
                outages.Unwell(work, reason);
                return HealthCheckResult.Degraded(reason, data: data);
            }

            outages.Succeeded(work);
            return catalog.MissingSourcesOf(module) is { Count: > 0 } missing
                ? HealthCheckResult.Degraded(
                    $"Hears nothing of {string.Join(", ", missing)}, for they do not run in this Host; add them to "
                        + "Modules:Enabled, or run this module in a Host that has them.",
                    data: data
                )
                : HealthCheckResult.Healthy(data: data);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Anybody may read this answer: no host, user, folder or message of the server in it.
            outages.FailedOnce("A health check", failure);
            return HealthCheckResult.Unhealthy("The database cannot be used.");
        }
    }

    /// <summary>A feed that has brought nothing new for long, though nothing that it brought waits here.</summary>
    private string? LateFeed(ShadowSchema shadow)
    {
        if (
            !catalog.Subscriptions.Any(one =>
                string.Equals(one.Consumer.Name, module, StringComparison.Ordinal)
                && string.Equals(one.Source, shadow.Name, StringComparison.Ordinal)
            )
        )
        {
            return null;
        }

        var since = feeds.LagOf(shadow.Name)?.AsOf ?? feeds.StartedAt;
        var age = (clock.GetUtcNow() - since).TotalSeconds;
        return age > options.StalenessThreshold.TotalSeconds
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The feed of {shadow.Name} is {age:0} s old; see docs/guides/runbook.md, A feed stands still."
            )
            : null;
    }

    /// <summary>What an operator is to know, the worst first; null when all is well.</summary>
    private string? Alarm(SourceFreshness one) =>
        one.Dead > 0 ? $"{one.Dead} events of {one.Source} wait for an operator; see GET /operations/parked-events."
        : one.Parked > options.ParkedCountThreshold
            ? $"{one.Parked} events of {one.Source} are parked; see GET /operations/parked-events."
        : one.ParkedSeconds > options.ParkedAgeThreshold.TotalSeconds
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"An event of {one.Source} has been parked for {one.ParkedSeconds:0} s; see GET "
                    + $"/operations/parked-events."
            )
        : one.StaleSeconds > options.StalenessThreshold.TotalSeconds
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"What came from {one.Source} is {one.StaleSeconds:0} s old; events wait to be applied, or are "
                    + $"parked{(one.IsPaused ? ", and the subscription is paused" : "")}."
            )
        : null;

    /// <summary>How far behind a subscription is.</summary>
    private sealed record SourceFreshness(
        string Source,
        int Pending,
        int Parked,
        int Dead,
        double ParkedSeconds,
        bool IsPaused,
        DateTimeOffset? AsOf,
        double StaleSeconds
    )
    {
        public static Func<SubscriptionStatus, SourceFreshness> Of(DateTimeOffset now) =>
            status =>
                new(
                    status.Source,
                    status.Pending,
                    status.Parked,
                    status.Dead,
                    status.OldestParkedAt is { } oldest ? Math.Max(0, (now - oldest).TotalSeconds) : 0,
                    status.Pause is not null,
                    status.CurrentAsOf,
                    Math.Max(0, (now - (status.CurrentAsOf ?? status.OldestPendingAt ?? now)).TotalSeconds)
                );
    }
}
