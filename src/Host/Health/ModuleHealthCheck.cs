using BuildingBlocks.Messaging;
using BuildingBlocks.Persistence;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Host.Health;

/// <summary>
/// Asks one module's database, as the module's own role, whether it answers and how far the module has applied what others published. An
/// unreachable database makes the module unhealthy; a dead event or a long lag makes it degraded, for it still serves requests.
/// </summary>
internal sealed class ModuleHealthCheck(string module, ModuleDataSources sources, SubscriptionMonitor monitor, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan LongestLag = TimeSpan.FromMinutes(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using (var connection = await sources.Of(module).OpenConnectionAsync(cancellationToken))
            {
                await using NpgsqlCommand command = new("select 1", connection);
                await command.ExecuteScalarAsync(cancellationToken);
            }

            var subscriptions = (await monitor.ReadAsync(module, cancellationToken)).Select(Freshness.Of(clock.GetUtcNow())).ToArray();
            Dictionary<string, object> data = new(StringComparer.Ordinal) { [nameof(subscriptions)] = subscriptions };
            return subscriptions.FirstOrDefault(one => one.Dead > 0) is { } stuck
                ? HealthCheckResult.Degraded($"{stuck.Dead} events of {stuck.Source} wait for an operator; see GET /operations/parked-events.", data: data)
                : subscriptions.FirstOrDefault(one => one.LagSeconds > LongestLag.TotalSeconds) is { } late
                    ? HealthCheckResult.Degraded($"Events of {late.Source} have waited for {late.LagSeconds:0} s to be applied.", data: data)
                    : HealthCheckResult.Healthy(data: data);
        }
        catch (NpgsqlException failure)
        {
            // Anybody may read this answer: no host, user or message of the server in it.
            return HealthCheckResult.Unhealthy("The database cannot be used.", failure);
        }
    }

    /// <summary>How far behind a subscription is.</summary>
    private sealed record Freshness(string Source, int Pending, int Parked, int Dead, double LagSeconds)
    {
        public static Func<SubscriptionStatus, Freshness> Of(DateTimeOffset now) => status => new(
            status.Source, status.Pending, status.Parked, status.Dead, status.OldestPendingAt is { } oldest ? Math.Max(0, (now - oldest).TotalSeconds) : 0);
    }
}
