using System.Collections.Concurrent;

namespace BuildingBlocks.EventLog.Subscriptions;

/// <summary>
/// As of when shadows are current: who reads one is never more current than the feed that fills it. Thread-safe.
/// </summary>
internal sealed class FeedFreshness(TimeProvider clock)
{
    private const int Remembered = 64;

    private readonly ConcurrentDictionary<string, ShadowProgress> feeds = new(StringComparer.Ordinal);

    /// <summary>Since when this Host has listened to feeds, UTC.</summary>
    public DateTimeOffset StartedAt { get; } = clock.GetUtcNow();

    /// <summary>Notes how far a feed has been appended, once that is committed.</summary>
    /// <param name="module">Whose feed.</param>
    /// <param name="nextSeq">What is appended next.</param>
    /// <param name="nextSeqAtHome">What the next event will be at home.</param>
    /// <param name="asOf">What the module had committed by then is here; null while that is not known.</param>
    public void Note(string module, long nextSeq, long nextSeqAtHome, DateTimeOffset? asOf) =>
        feeds.GetOrAdd(module, _ => new()).Add(new(nextSeq, Math.Max(nextSeq, nextSeqAtHome), asOf, clock.GetUtcNow()));

    /// <summary>How far a feed was when this Host last had an answer; null while it had none.</summary>
    public FeedLag? LagOf(string module) => feeds.GetValueOrDefault(module)?.Lag;

    /// <summary>
    /// What had been committed at home by then is applied by a reader that has applied all that the shadow held at a
    /// time.
    /// </summary>
    /// <param name="module">Whose shadow.</param>
    /// <param name="appliedAsOf">All that the shadow held by then has been applied.</param>
    /// <returns>Null while that is not known.</returns>
    public DateTimeOffset? AtHome(string module, DateTimeOffset? appliedAsOf) =>
        feeds.GetValueOrDefault(module)?.Before(appliedAsOf);

    private sealed class ShadowProgress
    {
        private readonly Lock gate = new();
        private readonly LinkedList<(DateTimeOffset AsOf, DateTimeOffset NotedAt)> noted = [];

        public FeedLag? Lag { get; private set; }

        public void Add(FeedLag now)
        {
            lock (gate)
            {
                Lag = now;
                if (now.AsOf is { } asOf && (noted.Last is not { } newest || newest.Value.AsOf < asOf))
                {
                    noted.AddLast((asOf, now.AnsweredAt));
                    if (noted.Count > Remembered)
                    {
                        noted.RemoveFirst();
                    }
                }
            }
        }

        public DateTimeOffset? Before(DateTimeOffset? time)
        {
            lock (gate)
            {
                for (var one = noted.Last; one is not null; one = one.Previous)
                {
                    if (one.Value.NotedAt <= time)
                    {
                        return one.Value.AsOf;
                    }
                }

                return null;
            }
        }
    }
}

/// <summary>How far a feed was when it last answered.</summary>
/// <param name="NextSeq">What is appended next.</param>
/// <param name="NextSeqAtHome">What the next event will be at home.</param>
/// <param name="AsOf">What the module had committed by then is here, UTC; null while that is not known.</param>
/// <param name="AnsweredAt">When the answer came, UTC.</param>
internal sealed record FeedLag(long NextSeq, long NextSeqAtHome, DateTimeOffset? AsOf, DateTimeOffset AnsweredAt);
