using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using Npgsql;

namespace BuildingBlocks.EventLog.Feeds;

/// <summary>
/// Puts a module's outbox into one order, once, for all who read it from elsewhere, and remembers it as pages. Any
/// number of Hosts may do so at the same time: whoever moves the feed's row on settles what lies between. Not
/// thread-safe.
/// </summary>
internal sealed class FeedSequencer(
    string module,
    NpgsqlDataSource outbox,
    IReadOnlyCollection<string> readers,
    EventSignals signals
)
{
    private const int MostEvents = 500;

    // A page is read by the range of its positions; one that spans a late commit would be read across all between.
    private const long WidestGap = 1_000;

    private readonly OutboxReader reader = new(outbox, module, eventTypes: [], Lane.Only, MostEvents);

    private readonly string settle = $"""
        with moved as (
               update "{module}".feed set checkpoint = $4::text::pg_snapshot, target = $5::text::pg_snapshot, position = $6, next_seq = next_seq + $7
               where checkpoint::text = $1 and target::text is not distinct from $2 and position = $3 returning next_seq - $7 as first_seq),
             added as (
               insert into "{module}".feed_pages (first_seq, events, checkpoint, target, after_position, last_position)
               select first_seq + skipped, events, $1::text::pg_snapshot, $8::text::pg_snapshot, after_position, last_position
               from moved cross join unnest($9::bigint[], $10::integer[], $11::bigint[], $12::bigint[]) cut(skipped, events, after_position, last_position))
        select exists (select from moved)
        """;

    private Progress? progress;

    /// <summary>What is raised whenever pages may have been added to a module's feed.</summary>
    public static string SignalOf(string module) => $"feed of {module}";

    /// <summary>Settles what is new.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var from = progress ?? await BeginAsync(cancellationToken);
        progress = null;
        var page = await reader.ReadAsync(from, cancellationToken);
        if (page.Next == from)
        {
            progress = from;
            return false;
        }

        if (await TrySettleAsync(from, page, cancellationToken))
        {
            progress = page.Next;
        }

        // Also when another Host was first: its readers may wait here.
        signals.Wake(SignalOf(module), eventTypes: []);
        return !page.ReachesHead || progress is null;
    }

    /// <summary>The feed as its row tells; made when there is none, and all readers with it.</summary>
    private async Task<Progress> BeginAsync(CancellationToken cancellationToken)
    {
        await using var begin = outbox
            .CreateCommand(
                $"""
                with known as (insert into "{module}".feed_readers (name, after_seq) select name, 0 from unnest($1::text[]) name on conflict do nothing),
                     kept as (insert into "{module}".outbox_consumers (name, checkpoints) select {FeedPages.ConsumerOf(
                    "name"
                )}, array['1:1:'::pg_snapshot] from unnest($1::text[]) name on conflict do nothing)
                insert into "{module}".feed default values on conflict do nothing
                """
            )
            .With((object)readers.ToArray());
        await begin.ExecuteNonQueryAsync(cancellationToken);
        await using var command = outbox.CreateCommand(
            $"""select checkpoint::text, target::text, position from "{module}".feed"""
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new(
            row.GetString(0),
            await row.IsDBNullAsync(1, cancellationToken) ? null : row.GetString(1),
            row.GetInt64(2)
        );
    }

    private async Task<bool> TrySettleAsync(Progress from, OutboxPage page, CancellationToken cancellationToken)
    {
        var cuts = Cut(page.Events).ToArray();
        await using var command = outbox
            .CreateCommand(settle)
            .With(
                from.Checkpoint,
                from.Target,
                from.Position,
                page.Next.Checkpoint,
                page.Next.Target,
                page.Next.Position,
                (long)page.Events.Count,
                page.Target,
                cuts.Select(cut => cut.Skipped).ToArray(),
                cuts.Select(cut => cut.Events).ToArray(),
                cuts.Select(cut => cut.AfterPosition).ToArray(),
                cuts.Select(cut => cut.LastPosition).ToArray()
            );
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static IEnumerable<(long Skipped, int Events, long AfterPosition, long LastPosition)> Cut(
        IReadOnlyList<StoredEvent> events
    )
    {
        for (var (first, next) = (0, 1); next <= events.Count; next++)
        {
            if (next == events.Count || events[next].Position - events[next - 1].Position > WidestGap)
            {
                yield return (first, next - first, events[first].Position - 1, events[next - 1].Position);
                first = next;
            }
        }
    }
}
