using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.EventLog.Feeds;

/// <summary>
/// Reads a module's feed for those elsewhere, as the module's app role. The outbox never changes, so that a page holds
/// the same events whenever it is read.
/// </summary>
internal sealed class FeedPages(string module, NpgsqlDataSource outbox)
{
    /// <summary>The most events of one answer.</summary>
    public const int MostEvents = 1_000;

    /// <summary>An answer that has come to as many characters of payload takes no more events.</summary>
    private const int LargestAnswer = 4 * 1024 * 1024;

    private const string Columns =
        "position, tx_id, event_id, event_type, event_version, key, correlation_id, causation_id, trace_parent, "
        + "occurred_at";

    private const string IsInPage =
        "o.position > p.after_position and o.position <= p.last_position and pg_visible_in_snapshot(o.tx_id, p.target) "
        + "and not pg_visible_in_snapshot(o.tx_id, p.checkpoint)";

    private readonly string state = $"""
        select epoch, next_seq, coalesce((select min(first_seq) from "{module}".feed_pages), next_seq), statement_timestamp(),
               target is null and (select tx_id from "{module}".outbox where tx_id >= pg_snapshot_xmax(checkpoint) order by tx_id limit 1) is null
               and (select tx_id from "{module}".outbox where tx_id = any (array(select pg_snapshot_xip(checkpoint))) order by tx_id limit 1) is null
        from "{module}".feed
        """;

    private readonly string last = $"""
        select event_id from (select p.first_seq, p.events, o.event_id, row_number() over (order by o.position) as rank, count(*) over () as found
          from "{module}".feed_pages p join "{module}".outbox o on {IsInPage}
          where p.first_seq = (select max(first_seq) from "{module}".feed_pages where first_seq <= $1)) page
        where first_seq + rank - 1 = $1 and found = events
        """;

    private readonly string read = $"""
        with near as materialized (
               select * from "{module}".feed_pages where first_seq >= coalesce((select max(first_seq) from "{module}".feed_pages where first_seq <= $1), $1)
               order by first_seq limit $2),
             due as materialized (
               select * from (select near.*, sum(events) over (order by first_seq) - events as skipped from near) counted where skipped <= $2 + 500)
        select p.first_seq, p.events, {string.Join(
            ", ",
            Columns.Split(", ").Select(column => column is "tx_id" ? "o.tx_id::text" : $"o.{column}")
        )}, case when o.event_type = any($3) then o.payload end
        from due p join lateral (select * from "{module}".outbox o where {IsInPage}) o on true order by p.first_seq, o.position
        """;

    /// <summary>SQL for the name under which a reader elsewhere holds back retention; no module can have it.</summary>
    public static string ConsumerOf(string readerSql) => $"'feed-' || {readerSql}";

    /// <summary>Answers what lies after the reader's last event, at once.</summary>
    /// <exception cref="FeedRefusedException">The reader's history is not this feed's, or what it needs is no longer
    /// kept.</exception>
    /// <exception cref="NpgsqlException">The database cannot be used.</exception>
    public async Task<FeedAnswer> ReadAsync(FeedQuestion question, CancellationToken cancellationToken)
    {
        if (await StateAsync(cancellationToken) is not { } feed)
        {
            throw new FeedRefusedException(
                $"The feed of {module} has just been set up; its first page is being settled. Ask again."
            );
        }

        if (question.After >= feed.NextSeq)
        {
            throw new FeedRefusedException(
                $"The reader has events of {module} up to {question.After}, but the feed ends at {feed.NextSeq - 1}: "
                    + "the module has lost what followed, as by restoring a backup. Run 'feeds reset "
                    + $"{module}' where the reader runs; see docs/guides/feeds.md."
            );
        }

        await EnsureSameHistoryAsync(question, cancellationToken);
        var events = await EventsAsync(question, cancellationToken);
        if (events.Count == 0 && question.After < feed.NextSeq - 1)
        {
            // Something is due, but its page is no longer whole.
            throw Pruned(question.After, await OldestWholeAsync(question.After, cancellationToken));
        }

        var isHead = feed.IsHead && (events.Count > 0 ? events[^1].Seq : question.After) == feed.NextSeq - 1;
        return new(module, feed.Epoch, feed.FirstSeq, feed.NextSeq, isHead ? feed.At : null, events);
    }

    /// <summary>Notes how far a reader has come, so that retention keeps what it has yet to read.</summary>
    public async Task ReportAsync(string reader, long after, CancellationToken cancellationToken)
    {
        await using var command = outbox
            .CreateCommand(
                $"""
                with told as (
                       insert into "{module}".feed_readers (name, after_seq) values ($1, $2)
                       on conflict (name) do update set after_seq = excluded.after_seq, read_at = clock_timestamp())
                insert into "{module}".outbox_consumers (name, checkpoints)
                select {ConsumerOf(
                    "$1"
                )}, array[coalesce((select checkpoint from "{module}".feed_pages where first_seq + events > $2 + 1 order by first_seq limit 1), checkpoint)]
                from "{module}".feed
                on conflict (name) do update set checkpoints = excluded.checkpoints, reported_at = clock_timestamp()
                """
            )
            .With(reader, after);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Deletes pages whose events are all gone.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        await using var command = outbox.CreateCommand(
            $"""
            delete from "{module}".feed_pages where first_seq in (select first_seq from "{module}".feed_pages order by first_seq limit 2000)
              and last_position < (select position from "{module}".outbox order by position limit 1)
              and first_seq + events < (select next_seq from "{module}".feed)
            """
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>How far the feed and its readers are; null before the sequencer has run.</summary>
    public async Task<ServedFeed?> StatusAsync(CancellationToken cancellationToken)
    {
        if (await StateAsync(cancellationToken) is not { } feed)
        {
            return null;
        }

        List<FeedReaderStatus> readers = [];
        await using var command = outbox.CreateCommand(
            $"""select name, after_seq, read_at from "{module}".feed_readers order by name"""
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var after = row.GetInt64(1);
            readers.Add(new(row.GetString(0), after, feed.NextSeq - 1 - after, row.GetFieldValue<DateTimeOffset>(2)));
        }

        return new(module, feed.Epoch, feed.FirstSeq, feed.NextSeq, readers);
    }

    private async Task<State?> StateAsync(CancellationToken cancellationToken)
    {
        await using var command = outbox.CreateCommand(state);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new(
                row.GetGuid(0),
                row.GetInt64(1),
                row.GetInt64(2),
                row.GetFieldValue<DateTimeOffset>(3),
                row.GetBoolean(4)
            )
            : null;
    }

    /// <summary>The event that the reader has last must have the same number here.</summary>
    private async Task EnsureSameHistoryAsync(FeedQuestion question, CancellationToken cancellationToken)
    {
        if (question is not { After: > 0, Last: { } known })
        {
            return;
        }

        await using var command = outbox.CreateCommand(last).With(question.After);
        if (await command.ExecuteScalarAsync(cancellationToken) is Guid ours && ours != known)
        {
            throw new FeedRefusedException(
                $"Event {question.After} of the feed of {module} is {ours}, but the reader has {known} there: the "
                    + $"module's log was restored. Run 'feeds reset {module}' where the reader runs; see "
                    + "docs/guides/feeds.md."
            );
        }
    }

    /// <summary>Whole pages only: of one that lost its first events, all others would get wrong numbers.</summary>
    private async Task<List<FeedEvent>> EventsAsync(FeedQuestion question, CancellationToken cancellationToken)
    {
        await using var command = outbox
            .CreateCommand(read)
            .With(question.After + 1, (long)question.Limit, question.Types.ToArray());
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        List<FeedEvent> events = [];
        List<FeedEvent> page = [];
        var (next, size, pageSize) = (question.After + 1, 0L, 0L);
        while (await row.ReadAsync(cancellationToken))
        {
            var (first, count) = (row.GetInt64(0), row.GetInt32(1));
            if (page.Count > 0 && first > page[0].Seq)
            {
                // The page before was not whole.
                break;
            }

            var happened = EventOf(row, first + page.Count);
            page.Add(happened);
            pageSize += happened.Payload?.Length ?? 0;
            if (page.Count < count)
            {
                continue;
            }

            foreach (var due in page.Where(due => due.Seq >= next))
            {
                if (due.Seq > next || events.Count == question.Limit || (size > LargestAnswer && events.Count > 0))
                {
                    return events;
                }

                events.Add(due);
                size += due.Payload?.Length ?? 0;
                next++;
            }

            page.Clear();
        }

        return events;
    }

    private static FeedEvent EventOf(NpgsqlDataReader row, long seq)
    {
        string? TextAt(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        return new(
            seq,
            row.GetInt64(2),
            row.GetString(3),
            row.GetGuid(4),
            row.GetString(5),
            row.GetInt16(6),
            row.GetString(7),
            TextAt(12),
            row.GetString(8),
            TextAt(9),
            TextAt(10),
            row.GetFieldValue<DateTimeOffset>(11)
        );
    }

    /// <summary>The first event after which all are kept.</summary>
    private async Task<long> OldestWholeAsync(long after, CancellationToken cancellationToken)
    {
        await using var command = outbox
            .CreateCommand(
                $"""
                select p.first_seq from "{module}".feed_pages p
                where p.first_seq > $1 and p.events = (select count(*) from "{module}".outbox o where {IsInPage}) order by p.first_seq limit 1
                """
            )
            .With(after);
        return await command.ExecuteScalarAsync(cancellationToken) is long first
            ? first
            : (await StateAsync(cancellationToken))!.NextSeq;
    }

    private FeedPrunedException Pruned(long after, long oldest) =>
        new(
            $"Events of {module} after {after} are no longer kept (EventLog:ReplayWindow); the oldest whole page "
                + $"begins at {oldest}.",
            oldest
        );

    private sealed record State(Guid Epoch, long NextSeq, long FirstSeq, DateTimeOffset At, bool IsHead);
}

/// <summary>What a reader needs is no longer kept.</summary>
/// <param name="message">What, and since which setting.</param>
/// <param name="oldest">The seq from which on all is kept.</param>
internal sealed class FeedPrunedException(string message, long oldest) : Exception(message)
{
    public long Oldest => oldest;
}

/// <summary>A module of this Host that is read from elsewhere.</summary>
/// <param name="Module">Its name.</param>
/// <param name="Epoch">Another one once its log was restored.</param>
/// <param name="FirstSeq">The oldest event that is kept.</param>
/// <param name="NextSeq">The number of the next event.</param>
/// <param name="Readers">Who reads it.</param>
public sealed record ServedFeed(
    string Module,
    Guid Epoch,
    long FirstSeq,
    long NextSeq,
    IReadOnlyList<FeedReaderStatus> Readers
);

/// <summary>Who reads a module from elsewhere.</summary>
/// <param name="Name">The reader's <c>Feeds:Name</c>.</param>
/// <param name="AfterSeq">The last event it had when it last asked.</param>
/// <param name="Behind">How many have been settled since.</param>
/// <param name="ReadAt">When that was noted, UTC; at most some seconds after it asked.</param>
public sealed record FeedReaderStatus(string Name, long AfterSeq, long Behind, DateTimeOffset ReadAt);
