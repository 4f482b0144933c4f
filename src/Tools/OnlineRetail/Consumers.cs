using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Monitoring;

namespace OnlineRetail;

/// <summary>Waits until every module has applied what was published, for as long as they come forward.</summary>
internal sealed class Consumers(SubscriptionMonitor subscriptions, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How many events are still to be applied, by all subscriptions together; of each, counting stops at 10,000.
    /// </summary>
    public async Task<long> PendingAsync(CancellationToken cancellationToken) =>
        (await subscriptions.ReadAsync(consumer: null, cancellationToken)).Sum(one => (long)one.Pending);

    /// <summary>Waits until nothing is left to be applied.</summary>
    /// <param name="pending">Is told how many events are left.</param>
    /// <returns>How many events are set aside after a failure.</returns>
    /// <exception cref="StartupException">Nothing was applied for two minutes.</exception>
    public async Task<int> CatchUpAsync(Action<long> pending, CancellationToken cancellationToken)
    {
        var (movedAt, before) = (clock.GetTimestamp(), "");
        while (true)
        {
            var all = await subscriptions.ReadAsync(consumer: null, cancellationToken);
            var behind = all.Where(one => one.Pending > 0).ToList();
            pending(behind.Sum(one => (long)one.Pending));
            if (behind.Count == 0)
            {
                return all.Sum(one => one.Parked);
            }

            var now = string.Join(' ', behind.Select(one => $"{one.Name}<{one.Source}:{one.Pending}:{one.Checkpoint}"));
            if (!string.Equals(now, before, StringComparison.Ordinal))
            {
                (movedAt, before) = (clock.GetTimestamp(), now);
            }
            else if (clock.GetElapsedTime(movedAt) > Patience)
            {
                var stuck = behind.Select(one => $"{one.Name} has not moved on from {one.Source} for two minutes");
                throw new StartupException(
                    $"All is imported, but not applied everywhere: {string.Join(", ", stuck)}. "
                        + "Start the Host, which goes on with it, and look at GET /operations/subscriptions and its "
                        + "log."
                );
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }
}
