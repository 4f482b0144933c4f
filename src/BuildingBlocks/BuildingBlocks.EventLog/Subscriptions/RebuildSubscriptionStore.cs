using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.EventLog.Subscriptions;

/// <summary>
/// The rows of a projection's rebuild among its subscriptions, one a source, and how they take the place of the live
/// ones; read and written as the projection's app role.
/// </summary>
internal sealed class RebuildSubscriptionStore(string module)
{
    private readonly string subscriptions = $"\"{module}\".subscriptions";
    private readonly string rebuild = RebuildTables.ConsumerOf(module);

    /// <summary>Whether there is a rebuild.</summary>
    public async Task<bool> ExistsAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source
            .CreateCommand($"select exists (select 1 from {subscriptions} where name = $1)")
            .With(rebuild);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Begins a rebuild with all retained history of the sources.</summary>
    /// <returns>False when there is one already.</returns>
    public async Task<bool> TryBeginAsync(
        NpgsqlConnection connection,
        string[] sources,
        CancellationToken cancellationToken
    ) =>
        await connection.ExecuteAsync(
            $"""
            insert into {subscriptions} (name, source, lane, checkpoint)
            select $1, source, 0, $3::text::pg_snapshot from unnest($2) source on conflict do nothing
            """,
            cancellationToken,
            rebuild,
            sources,
            Progress.Beginning.Checkpoint
        ) > 0;

    /// <summary>Ends a rebuild without a trace.</summary>
    /// <returns>False when there is none.</returns>
    public async Task<bool> TryRemoveAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync($"delete from {subscriptions} where name = $1", cancellationToken, rebuild) > 0;

    /// <summary>Keeps everybody from applying events to the live tables until the transaction ends.</summary>
    public Task LockLiveAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"select 1 from {subscriptions} where name = $1 order by source for update",
            cancellationToken,
            module
        );

    /// <summary>
    /// Gives the rebuild's rows the live ones' lanes and pauses; all lanes begin where the rebuild has come to.
    /// </summary>
    public Task TakeLanesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"""
            insert into {subscriptions} (name, source, lane, lanes, checkpoint, target, position, as_of,
              paused_at, paused_by, pause_reason)
            select rebuilt.name, live.source, live.lane, live.lanes, rebuilt.checkpoint, rebuilt.target, rebuilt.position,
              rebuilt.as_of, live.paused_at, live.paused_by, live.pause_reason
            from {subscriptions} live
            join {subscriptions} rebuilt on rebuilt.source = live.source and rebuilt.lane = 0 and rebuilt.name = $2
            where live.name = $1
            on conflict (name, source, lane) do update set lanes = excluded.lanes,
              paused_at = excluded.paused_at, paused_by = excluded.paused_by, pause_reason = excluded.pause_reason
            """,
            cancellationToken,
            module,
            rebuild
        );

    /// <summary>Makes the rebuild's rows the live ones.</summary>
    /// <returns>False when there is no rebuild; the live rows stay then.</returns>
    public async Task<bool> TryReplaceLiveAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(
            $"delete from {subscriptions} where name = $1 and exists (select 1 from {subscriptions} where name = $2)",
            cancellationToken,
            module,
            rebuild
        );
        return await connection.ExecuteAsync(
                $"update {subscriptions} set name = $1 where name = $2",
                cancellationToken,
                module,
                rebuild
            ) > 0;
    }
}
