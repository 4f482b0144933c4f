using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.EventLog.Feeds;

/// <summary>What a comparison of a shadow with its home came to.</summary>
/// <param name="Module">Whose events.</param>
/// <param name="Events">How many were compared.</param>
/// <param name="Differences">A sentence for each stretch that is not the same; empty when all are.</param>
internal sealed record VerifiedFeed(string Module, long Events, IReadOnlyList<string> Differences);

/// <summary>What setting a feed anew came to.</summary>
/// <param name="Module">Whose feed.</param>
/// <param name="NextSeq">Where it goes on.</param>
/// <param name="Payloads">How many payloads were fetched that had been missing.</param>
/// <param name="Lost">The events that are here but no longer at home: id, type and key of each.</param>
internal sealed record ResetFeed(string Module, long NextSeq, int Payloads, IReadOnlyList<string> Lost);

/// <summary>Holds a shadow against its home: to tell whether they agree, or to go on where they cease to.</summary>
/// <param name="module">Whose.</param>
/// <param name="shadow">Its pool, with the feed's role.</param>
/// <param name="ask">Asks the home.</param>
internal sealed class FeedHistory(
    string module,
    NpgsqlDataSource shadow,
    Func<FeedQuestion, CancellationToken, Task<FeedAnswer>> ask
)
{
    /// <summary>Compares hashes of all that both sides keep, 1,000 events at a time.</summary>
    /// <exception cref="FeedRefusedException">The home refuses.</exception>
    public async Task<VerifiedFeed> VerifyAsync(CancellationToken cancellationToken)
    {
        var state = await new ShadowStore(module, shadow).ReadAsync(cancellationToken);
        List<string> differences = [];
        var (after, compared) = (await FirstKeptAsync(cancellationToken) - 1, 0L);
        while (after < state.NextSeq - 1)
        {
            var (events, epoch, began) = await ReadHomeAsync(after, state.Types, cancellationToken);
            if (state.Epoch is { } known && known != epoch)
            {
                differences.Add($"The home is of epoch {epoch}, the shadow of {known}.");
                break;
            }

            var due = events.Where(one => one.Seq < state.NextSeq).ToArray();
            if (due.Length == 0)
            {
                if (began < state.NextSeq - 1)
                {
                    differences.Add(Text($"The home ends before {state.NextSeq - 1}, the last event of the shadow."));
                }

                break;
            }

            var (count, hash) = await HashHereAsync(due, cancellationToken);
            compared += due.Length;
            if (!string.Equals(hash, HashOf(due.Select(LineOf)), StringComparison.Ordinal))
            {
                differences.Add(
                    Text($"Events {due[0].Seq} to {due[^1].Seq} differ: {due.Length} at home, {count} of them here.")
                );
            }

            after = due[^1].Seq;
        }

        return new(module, compared, differences);
    }

    /// <summary>
    /// Takes on the home's present epoch: the feed goes on after the last event up to which both have the same history.
    /// Events that the home no longer has stay here, for they may have been applied, and are named. Payloads that are
    /// missing of wanted types are fetched.
    /// </summary>
    /// <param name="types">The wire names that somebody here reacts to.</param>
    /// <param name="cancellationToken">Cancels the operation; the shadow is as it was, but for payloads.</param>
    /// <exception cref="FeedRefusedException">The home refuses.</exception>
    public async Task<ResetFeed> ResetAsync(IReadOnlyCollection<string> types, CancellationToken cancellationToken)
    {
        var state = await new ShadowStore(module, shadow).ReadAsync(cancellationToken);
        string[] wanted = [.. state.Types.Union(types, StringComparer.Ordinal)];
        List<(long Seq, Guid Id)> others = [];
        Guid epoch;
        var (common, diverged, payloads, after) = (0L, false, 0, 0L);
        while (true)
        {
            var (events, current, began) = await ReadHomeAsync(after, wanted, cancellationToken);
            (epoch, common) = (current, Math.Max(common, diverged ? 0 : Math.Min(began, state.NextSeq - 1)));
            if (began >= state.NextSeq && !diverged)
            {
                // What lay between is no longer kept at home.
                (common, diverged) = (began, true);
            }

            if (events.Count == 0)
            {
                break;
            }

            payloads += await FillAsync(events, cancellationToken);
            var here = await IdsAsync(events[0].Seq, events[^1].Seq, cancellationToken);
            foreach (var happened in events)
            {
                // A row that retention has taken from the shadow was here.
                diverged |=
                    happened.Seq >= state.NextSeq
                    || (here.TryGetValue(happened.Seq, out var known) && known != happened.Id);
                if (diverged)
                {
                    others.Add((happened.Seq, happened.Id));
                }
                else
                {
                    common = happened.Seq;
                }
            }

            after = events[^1].Seq;
        }

        return await TakeOnAsync(epoch, common, wanted, others, payloads, cancellationToken);
    }

    /// <summary>The next events of the home, from the oldest that it keeps.</summary>
    private async Task<(IReadOnlyList<FeedEvent> Events, Guid Epoch, long After)> ReadHomeAsync(
        long after,
        IReadOnlyList<string> types,
        CancellationToken cancellationToken
    )
    {
        FeedQuestion question = new(module, after, Last: null, types, FeedPages.MostEvents, TimeSpan.Zero);
        try
        {
            var answer = await ask(question, cancellationToken);
            return (answer.Events, answer.Epoch, after);
        }
        catch (FeedPrunedException pruned)
        {
            var kept = await ask(question with { After = pruned.Oldest - 1 }, cancellationToken);
            return (kept.Events, kept.Epoch, pruned.Oldest - 1);
        }
    }

    private async Task<ResetFeed> TakeOnAsync(
        Guid epoch,
        long common,
        string[] wanted,
        IReadOnlyList<(long Seq, Guid Id)> others,
        int payloads,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await shadow.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync($"""select from "{module}".feed_in for update""", cancellationToken);
        await connection.ExecuteAsync(
            $"""update "{module}".outbox set seq = null where seq > $1""",
            cancellationToken,
            common
        );
        await connection.ExecuteAsync(
            $"""update "{module}".outbox o set seq = home.seq from unnest($1::bigint[], $2::uuid[]) home(seq, id) where o.event_id = home.id and o.seq is null""",
            cancellationToken,
            others.Select(one => one.Seq).ToArray(),
            others.Select(one => one.Id).ToArray()
        );
        List<string> lost = [];
        await using (
            NpgsqlCommand command = new(
                $"""select event_id || ' ' || event_type || ' of ' || key from "{module}".outbox where seq is null order by position""",
                connection
            )
        )
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
            {
                lost.Add(row.GetString(0));
            }
        }

        await connection.ExecuteAsync(
            $"""update "{module}".feed_in set epoch = $1, next_seq = $2, types = $3""",
            cancellationToken,
            epoch,
            common + 1,
            wanted
        );
        await transaction.CommitAsync(cancellationToken);
        return new(module, common + 1, payloads, lost);
    }

    /// <summary>Adds payloads to events that are here without.</summary>
    private async Task<int> FillAsync(IReadOnlyList<FeedEvent> events, CancellationToken cancellationToken)
    {
        var full = events.Where(one => one.Payload is not null).ToArray();
        await using var command = shadow
            .CreateCommand(
                $"""update "{module}".outbox o set payload = home.payload::jsonb from unnest($1::uuid[], $2::text[]) home(id, payload) where o.event_id = home.id and o.payload is null"""
            )
            .With(full.Select(one => one.Id).ToArray(), full.Select(one => one.Payload).ToArray());
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<Dictionary<long, Guid>> IdsAsync(long from, long to, CancellationToken cancellationToken)
    {
        Dictionary<long, Guid> ids = [];
        await using var command = shadow
            .CreateCommand($"""select seq, event_id from "{module}".outbox where seq between $1 and $2""")
            .With(from, to);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            ids[row.GetInt64(0)] = row.GetGuid(1);
        }

        return ids;
    }

    private async Task<long> FirstKeptAsync(CancellationToken cancellationToken)
    {
        await using var command = shadow.CreateCommand($"""select coalesce(min(seq), 1) from "{module}".outbox""");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<(int Count, string Hash)> HashHereAsync(FeedEvent[] due, CancellationToken cancellationToken)
    {
        await using var command = shadow
            .CreateCommand(
                $"""
                select seq, position, source_tx_id::text, event_id, event_type, event_version, key, payload::text, correlation_id, causation_id, trace_parent, occurred_at
                from "{module}".outbox where seq between $1 and $2 order by seq
                """
            )
            .With(due[0].Seq, due[^1].Seq);
        List<string> lines = [];
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            string? TextAt(int column) => row.IsDBNull(column) ? null : row.GetString(column);
            lines.Add(
                LineOf(
                    new(
                        row.GetInt64(0),
                        row.GetInt64(1),
                        row.GetString(2),
                        row.GetGuid(3),
                        row.GetString(4),
                        row.GetInt16(5),
                        row.GetString(6),
                        TextAt(7),
                        row.GetString(8),
                        TextAt(9),
                        TextAt(10),
                        row.GetFieldValue<DateTimeOffset>(11)
                    )
                )
            );
        }

        return (lines.Count, HashOf(lines));
    }

    private static string LineOf(FeedEvent one) =>
        string.Join(
            '\u001f',
            one.Seq.ToString(CultureInfo.InvariantCulture),
            one.Position.ToString(CultureInfo.InvariantCulture),
            one.TxId,
            one.Id,
            one.Type,
            one.Version.ToString(CultureInfo.InvariantCulture),
            one.Key,
            one.Payload,
            one.CorrelationId,
            one.CausationId,
            one.TraceParent,
            one.OccurredAt.UtcTicks.ToString(CultureInfo.InvariantCulture)
        );

    private static string HashOf(IEnumerable<string> lines) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
