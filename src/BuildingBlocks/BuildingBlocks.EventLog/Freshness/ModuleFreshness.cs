using BuildingBlocks.EventLog.Subscriptions;

namespace BuildingBlocks.EventLog.Freshness;

/// <summary>Tells as of when a module's copies and projections are current. Thread-safe.</summary>
internal sealed class ModuleFreshness
{
    private readonly Func<IReadOnlyList<SubscriptionRunner>> runners;

    internal ModuleFreshness(Func<IReadOnlyList<SubscriptionRunner>> runners) => this.runners = runners;

    /// <summary>
    /// The time by which everything that the module's sources had committed is known to have been applied, with none of
    /// it parked: the oldest of its subscriptions', but for those that call out of the database. UTC.
    /// </summary>
    /// <param name="module">The module that reacts.</param>
    /// <returns>Null for a module without subscriptions, and while one of them has never been current.</returns>
    public DateTimeOffset? AsOf(string module)
    {
        DateTimeOffset? oldest = null;
        foreach (
            var runner in runners().Where(one => string.Equals(one.Subscription.Name, module, StringComparison.Ordinal))
        )
        {
            if (runner.CurrentAsOf is not { } asOf)
            {
                return null;
            }

            oldest = oldest is null || asOf < oldest ? asOf : oldest;
        }

        return oldest;
    }
}
