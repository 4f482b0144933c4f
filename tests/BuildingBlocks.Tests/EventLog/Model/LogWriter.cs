using Npgsql;

namespace BuildingBlocks.Tests.EventLog.Model;

/// <summary>
/// One connection that writes events like a module does: in a transaction, under the lock of the aggregate's row. It
/// knows what it has written and locked at every savepoint.
/// </summary>
internal sealed class LogWriter(NpgsqlConnection connection) : IAsyncDisposable
{
    private readonly Stack<Frame> frames = new();
    private NpgsqlTransaction? transaction;

    public bool IsOpen => transaction is not null;

    public bool Holds(string key) => frames.Any(frame => frame.Locks.Contains(key));

    public async Task TakeIdAsync()
    {
        await BeginAsync();
        await ExecuteAsync("select pg_current_xact_id()");
    }

    /// <summary>Writes one event; nobody else may hold its key.</summary>
    public async Task WriteAsync(string key, Guid eventId)
    {
        await BeginAsync();
        await ExecuteAsync("update notes set times = times + 1 where title = $1", key);
        await ExecuteAsync(
            "insert into outbox (event_id, event_type, event_version, key, payload, correlation_id) values ($1, "
                + "'note.taken', 1, $2, '{}', 'model')",
            eventId,
            key
        );
        frames.Peek().Events.Add(eventId);
        frames.Peek().Locks.Add(key);
    }

    public async Task SavepointAsync()
    {
        if (IsOpen)
        {
            await ExecuteAsync($"savepoint s{frames.Count}");
            frames.Push(new());
        }
    }

    public async Task RollBackToSavepointAsync()
    {
        if (frames.Count > 1)
        {
            // The savepoint itself stays, and what was locked after it is free again.
            await ExecuteAsync($"rollback to savepoint s{frames.Count - 1}");
            frames.Pop();
            frames.Push(new());
        }
    }

    public async Task ReleaseSavepointAsync()
    {
        if (frames.Count > 1)
        {
            await ExecuteAsync($"release savepoint s{frames.Count - 1}");
            var released = frames.Pop();
            frames.Peek().Events.AddRange(released.Events);
            frames.Peek().Locks.UnionWith(released.Locks);
        }
    }

    /// <summary>What has been committed, in the order it was written.</summary>
    public async Task<IReadOnlyList<Guid>> CommitAsync()
    {
        if (transaction is null)
        {
            return [];
        }

        await transaction.CommitAsync();
        Guid[] committed = [.. frames.Reverse().SelectMany(frame => frame.Events)];
        await EndAsync();
        return committed;
    }

    public async Task RollBackAsync()
    {
        if (transaction is not null)
        {
            await transaction.RollbackAsync();
            await EndAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await connection.DisposeAsync();
    }

    private async Task BeginAsync()
    {
        if (transaction is null)
        {
            transaction = await connection.BeginTransactionAsync();
            frames.Push(new());
        }
    }

    private async Task EndAsync()
    {
        if (transaction is not null)
        {
            await transaction.DisposeAsync();
        }

        transaction = null;
        frames.Clear();
    }

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using NpgsqlCommand command = new(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What was done since the transaction or a savepoint began.</summary>
    private sealed class Frame
    {
        public List<Guid> Events { get; } = [];

        public HashSet<string> Locks { get; } = new(StringComparer.Ordinal);
    }
}
