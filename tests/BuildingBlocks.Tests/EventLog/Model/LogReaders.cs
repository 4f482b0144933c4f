using BuildingBlocks.EventLog.Subscriptions;
using Npgsql;

namespace BuildingBlocks.Tests.EventLog.Model;

/// <summary>
/// Reads a page: what it holds, and how to remember that it was applied. False when there was nothing new.
/// </summary>
internal delegate Task<LogPage> ReadPage();

/// <param name="Apply">Commits the progress; not called by a consumer that dies.</param>
internal sealed record LogPage(IReadOnlyList<Guid> Events, bool IsNew, Action Apply);

/// <summary>Makes a reader of pages of a size; it begins with what is committed from now on.</summary>
internal delegate Task<ReadPage> NewReader(NpgsqlDataSource connections, int pageSize);

internal static class LogReaders
{
    /// <summary>The one that subscriptions use.</summary>
    public static async Task<ReadPage> OfTheEventLog(NpgsqlDataSource connections, int pageSize)
    {
        await using var now = connections.CreateCommand("select pg_current_snapshot()::text");
        Progress progress = new((string)(await now.ExecuteScalarAsync())!, Target: null, Position: 0);
        OutboxReader reader = new(connections, "probe", ["note.taken"], Lane.Only, pageSize);
        return async () =>
        {
            var page = await reader.ReadAsync(progress, CancellationToken.None);
            return new([.. page.Events.Select(happened => happened.Context.EventId)], page.Next != progress, () =>
                progress = page.Next
            );
        };
    }

    /// <summary>What everybody writes first, and what loses events whose transaction commits late.</summary>
    public static async Task<ReadPage> AfterTheLastPosition(NpgsqlDataSource connections, int pageSize)
    {
        await using var now = connections.CreateCommand("select coalesce(max(position), 0) from outbox");
        var last = (long)(await now.ExecuteScalarAsync())!;
        return async () =>
        {
            List<(long Position, Guid EventId)> page = [];
            await using var command = connections.CreateCommand(
                "select position, event_id from outbox where position > $1 order by position limit $2"
            );
            command.Parameters.Add(new() { Value = last });
            command.Parameters.Add(new() { Value = pageSize });
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                page.Add((rows.GetInt64(0), rows.GetGuid(1)));
            }

            return new([.. page.Select(row => row.EventId)], page.Count > 0, () =>
                last = page.Count > 0 ? page[^1].Position : last
            );
        };
    }

    /// <summary>
    /// Keeps the snapshot, but not where it stands inside a step: a page that is not the step's last is taken for all
    /// of it.
    /// </summary>
    public static async Task<ReadPage> ForgettingTheRestOfAStep(NpgsqlDataSource connections, int pageSize)
    {
        await using var now = connections.CreateCommand("select pg_current_snapshot()::text");
        var checkpoint = (string)(await now.ExecuteScalarAsync())!;
        return async () =>
        {
            List<Guid> page = [];
            var snapshot = checkpoint;
            await using var command = connections.CreateCommand(
                """
                select pg_current_snapshot()::text, event_id from (select 1) one
                left join outbox on not pg_visible_in_snapshot(tx_id, $1::text::pg_snapshot) order by position limit $2
                """
            );
            command.Parameters.Add(new() { Value = checkpoint });
            command.Parameters.Add(new() { Value = pageSize });
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                snapshot = rows.GetString(0);
                if (!await rows.IsDBNullAsync(1))
                {
                    page.Add(rows.GetGuid(1));
                }
            }

            return new(page, page.Count > 0, () => checkpoint = snapshot);
        };
    }
}
