using System.Globalization;
using BuildingBlocks.EventLog.Subscriptions;
using Npgsql;

namespace Reliability.Checking;

/// <summary>
/// Follows every subscription through its audit: each move of a lane's progress applies the events of the lane's keys
/// that the new progress covers and the old one does not; where the number of lanes changes, it applies none. Each
/// event must come about once, of one key in the order of its positions, and nothing that was covered may become
/// uncovered.
/// </summary>
internal sealed class Deliveries(NpgsqlConnection administrator)
{
    private readonly Dictionary<string, LoggedEvent[]> outboxes = new(StringComparer.Ordinal);
    private readonly List<Finding> findings = [];

    public IReadOnlyList<Finding> Findings => findings;

    /// <summary>Reactions to events, each counted once for each subscription.</summary>
    public long Applied { get; private set; }

    public long Moves { get; private set; }

    public long Parked { get; private set; }

    /// <summary>Lanes that went on under another number of lanes.</summary>
    public long LaneChanges { get; private set; }

    public async Task CheckAsync(IEnumerable<Subscription> subscriptions)
    {
        foreach (var subscription in subscriptions)
        {
            if (!outboxes.TryGetValue(subscription.Source, out var outbox))
            {
                outboxes[subscription.Source] = outbox = await OutboxAsync(subscription.Source);
            }

            await CheckAsync(subscription, outbox);
        }
    }

    private async Task CheckAsync(Subscription subscription, LoggedEvent[] outbox)
    {
        var moves = await MovesAsync(subscription);
        Moves += moves.Count;
        var applied = new bool[outbox.Length];
        List<(long Seq, LoggedEvent Event)> order = [];
        Dictionary<short, LaneProgress> rows = [];
        var first = 0;
        foreach (var move in moves)
        {
            var last = rows.GetValueOrDefault(move.Lane);
            if (!string.Equals(last?.ToString(), move.Old?.ToString(), StringComparison.Ordinal))
            {
                findings.Add(
                    new(
                        Breach.Untrue,
                        $"{subscription}, lane {move.Lane}: move {move.Seq} begins at {move.Old}, but the one before "
                            + $"ended at {last}"
                    )
                );
            }

            if (move.New is not { } next)
            {
                rows.Remove(move.Lane);
                continue;
            }

            rows[move.Lane] = next;
            LaneChanges += move.Old is { } old && old.Lanes != next.Lanes ? 1 : 0;
            FindUncovered(subscription, outbox, applied, move, next);
            var covered = Cover(outbox, applied, ref first, move.Lane, next);
            if (covered.Count > 0 && move.Old?.Lanes != next.Lanes)
            {
                // A lane takes over from others what they have applied, and nothing else.
                findings.Add(
                    new(
                        Breach.Lost,
                        $"{subscription}, lane {move.Lane} of {next.Lanes}: move {move.Seq} takes {covered[0]} for "
                            + $"applied, and {covered.Count - 1} more"
                    )
                );
                continue;
            }

            order.AddRange(covered.OrderBy(happened => happened.Position).Select(happened => (move.Seq, happened)));
        }

        var relevant = order
            .Where(one => subscription.EventTypes.Contains(one.Event.Type, StringComparer.Ordinal))
            .ToList();
        Applied += relevant.Count;
        var missing = outbox
            .Where(
                (happened, i) => !applied[i] && subscription.EventTypes.Contains(happened.Type, StringComparer.Ordinal)
            )
            .ToArray();
        if (missing.Length > 0)
        {
            findings.Add(
                new(Breach.Lost, $"{subscription}: {missing.Length} events never applied, the first is {missing[0]}")
            );
        }

        CheckOrder(subscription, await ParkedAsideAsync(subscription, relevant));
    }

    /// <summary>A checkpoint only moves forward: whatever was applied stays so.</summary>
    private void FindUncovered(
        Subscription subscription,
        LoggedEvent[] outbox,
        bool[] applied,
        Move move,
        LaneProgress next
    )
    {
        for (var i = outbox.Length - 1; i >= 0 && outbox[i].Transaction >= next.Progress.Min; i--)
        {
            if (applied[i] && outbox[i].LaneOf(next.Lanes) == move.Lane && !next.Progress.Covers(outbox[i]))
            {
                findings.Add(
                    new(
                        Breach.Doubled,
                        $"{subscription}, lane {move.Lane}: move {move.Seq} to {next} goes back behind {outbox[i]}, "
                            + "which would be applied again"
                    )
                );
                return;
            }
        }
    }

    private static List<LoggedEvent> Cover(
        LoggedEvent[] outbox,
        bool[] applied,
        ref int first,
        short lane,
        LaneProgress next
    )
    {
        List<LoggedEvent> covered = [];
        while (first < outbox.Length && applied[first])
        {
            first++;
        }

        for (var i = first; i < outbox.Length && outbox[i].Transaction < next.Progress.Max; i++)
        {
            if (!applied[i] && outbox[i].LaneOf(next.Lanes) == lane && next.Progress.Covers(outbox[i]))
            {
                applied[i] = true;
                covered.Add(outbox[i]);
            }
        }

        return covered;
    }

    /// <summary>What was parked took effect when it left.</summary>
    private async Task<IEnumerable<(long Seq, LoggedEvent Event)>> ParkedAsideAsync(
        Subscription subscription,
        List<(long Seq, LoggedEvent Event)> order
    )
    {
        Dictionary<long, long> left = [];
        await foreach (
            var row in RowsAsync(
                "select seq, position, what, error from reliability.parkings where consumer = $1 and name = $2 and "
                    + "source = $3 order by seq",
                subscription.Consumer.Name,
                subscription.Name,
                subscription.Source
            )
        )
        {
            var (seq, position, what) = (row.GetInt64(0), row.GetInt64(1), row.GetString(2));
            Parked += what is "parked" ? 1 : 0;
            if (what is "parked" && !left.TryAdd(position, long.MaxValue))
            {
                findings.Add(new(Breach.Doubled, $"{subscription}: position {position} was parked twice"));
            }
            else if (what is "left")
            {
                left[position] = seq;
            }
        }

        foreach (var (position, seq) in left.Where(one => one.Value == long.MaxValue))
        {
            findings.Add(new(Breach.Stuck, $"{subscription}: position {position} is still parked"));
        }

        return order
            .Select(one => left.TryGetValue(one.Event.Position, out var seq) ? (seq, one.Event) : one)
            .OrderBy(one => one.Item1)
            .ThenBy(one => one.Event.Position);
    }

    private void CheckOrder(Subscription subscription, IEnumerable<(long Seq, LoggedEvent Event)> order)
    {
        Dictionary<string, LoggedEvent> lastOfKey = new(StringComparer.Ordinal);
        foreach (var (seq, happened) in order)
        {
            if (lastOfKey.TryGetValue(happened.Key, out var before) && before.Position > happened.Position)
            {
                findings.Add(new(Breach.OutOfOrder, $"{subscription}: at {seq} {happened} came after {before}"));
            }

            lastOfKey[happened.Key] = happened;
        }
    }

    private async Task<LoggedEvent[]> OutboxAsync(string source)
    {
        List<LoggedEvent> events = [];
        await foreach (
            var row in RowsAsync(
                $"select position, tx_id::text as transaction, event_id, event_type, key from {source}.outbox order "
                    + "by tx_id, position"
            )
        )
        {
            events.Add(
                new(
                    row.GetInt64(0),
                    ulong.Parse(row.GetString(1), CultureInfo.InvariantCulture),
                    row.GetGuid(2),
                    row.GetString(3),
                    row.GetString(4)
                )
            );
        }

        return [.. events];
    }

    private async Task<List<Move>> MovesAsync(Subscription subscription)
    {
        List<Move> moves = [];
        await foreach (
            var row in RowsAsync(
                """
                select seq, lane, old_lanes, old_checkpoint, old_target, old_position, lanes, checkpoint, target, position from reliability.moves
                where consumer = $1 and name = $2 and source = $3 order by seq
                """,
                subscription.Consumer.Name,
                subscription.Name,
                subscription.Source
            )
        )
        {
            moves.Add(new(row.GetInt64(0), row.GetInt16(1), ProgressAt(row, 2), ProgressAt(row, 6)));
        }

        return moves;
    }

    private static LaneProgress? ProgressAt(NpgsqlDataReader row, int first) =>
        row.IsDBNull(first)
            ? null
            : new(
                row.GetInt16(first),
                new(
                    row.GetString(first + 1),
                    row.IsDBNull(first + 2) ? null : row.GetString(first + 2),
                    row.GetInt64(first + 3)
                )
            );

    private async IAsyncEnumerable<NpgsqlDataReader> RowsAsync(string sql, params object[] values)
    {
        await using NpgsqlCommand command = new(sql, administrator) { CommandTimeout = 300 };
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            yield return reader;
        }
    }

    private sealed record Move(long Seq, short Lane, LaneProgress? Old, LaneProgress? New);

    private sealed record LaneProgress(short Lanes, Progress Progress)
    {
        public override string ToString() => Lanes == 1 ? $"{Progress}" : $"{Progress} of {Lanes} lanes";
    }
}
