using System.Collections.Concurrent;
using Npgsql;

namespace Product.Bench;

/// <summary>
/// Reads from the outbox which orders were confirmed: asking the Host for each would be most of what the Host then
/// does.
/// </summary>
internal sealed class Confirmations : IAsyncDisposable
{
    private const long Overlap = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> orders = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stop = new();
    private readonly Task reading;

    /// <summary>Begins to read.</summary>
    /// <param name="database">As its administrator.</param>
    /// <param name="position">After which event.</param>
    public Confirmations(string database, long position) => reading = Task.Run(() => ReadAsync(database, position));

    /// <summary>Ends when the order is confirmed, or with what kept this from being read.</summary>
    public async Task Of(string order)
    {
        var confirmed = Source(order).Task;
        await await Task.WhenAny(confirmed, reading);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await reading;
        stop.Dispose();
    }

    private async Task ReadAsync(string database, long position)
    {
        await using NpgsqlConnection connection = new(database);
        await connection.OpenAsync();
        NpgsqlParameter<long> after = new();
        await using NpgsqlCommand command = new(
            "select position, key from orders.outbox where position > $1 and event_type = 'order.confirmed'",
            connection
        )
        {
            Parameters = { after },
        };
        await command.PrepareAsync();
        for (var highest = position; !stop.IsCancellationRequested; )
        {
            // Positions are taken in another order than they are committed in.
            after.TypedValue = Math.Max(position, highest - Overlap);
            await using (var reader = await command.ExecuteReaderAsync())
            {
                while (await reader.ReadAsync())
                {
                    highest = Math.Max(highest, reader.GetInt64(0));
                    Source(reader.GetString(1)).TrySetResult();
                }
            }

            await Task.Delay(Pause);
        }
    }

    private TaskCompletionSource Source(string order) =>
        orders.GetOrAdd(order, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
