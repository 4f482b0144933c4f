using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Sales;

namespace EventLog.Bench;

/// <summary>
/// A consumer as one would write it by hand for one table: reads what has become visible since its checkpoint, inserts
/// all of it with one statement and moves the checkpoint in the same transaction.
/// </summary>
internal sealed class BatchConsumer : IAsyncDisposable
{
    private readonly NpgsqlDataSource sales;
    private readonly NpgsqlDataSource ledger;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim signal = new(0, 1);
    private readonly Task work;
    private long recorded;

    public BatchConsumer(NpgsqlDataSource sales, NpgsqlDataSource ledger)
    {
        (this.sales, this.ledger) = (sales, ledger);
        work = Task.Run(RunAsync);
    }

    /// <summary>Something was committed.</summary>
    public void Wake()
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake.
        }
    }

    public async Task AppliedAsync(long orders, CancellationToken cancellationToken)
    {
        while (Interlocked.Read(ref recorded) < orders)
        {
            if (work.IsFaulted)
            {
                await work;
            }

            await Task.Delay(1, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await work.ContinueWith(_ => { }, TaskScheduler.Default);
        stop.Dispose();
        signal.Dispose();
    }

    private async Task RunAsync()
    {
        await using var reading = await sales.OpenConnectionAsync(stop.Token);
        await using var writing = await ledger.OpenConnectionAsync(stop.Token);
        var checkpoint = "1:1:";
        while (!stop.IsCancellationRequested)
        {
            var (events, next) = await ReadAsync(reading, checkpoint);
            if (events.Count == 0)
            {
                await signal.WaitAsync(TimeSpan.FromSeconds(1), stop.Token);
                continue;
            }

            await WriteAsync(writing, events, next);
            checkpoint = next;
            Interlocked.Add(ref recorded, events.Count);
        }
    }

    private async Task<(List<OrderPlacedV1> Events, string Snapshot)> ReadAsync(
        NpgsqlConnection connection,
        string checkpoint
    )
    {
        await using NpgsqlCommand command = new(
            $"""
            with now as materialized (select pg_current_snapshot() as snapshot)
            select now.snapshot::text, payload::text from now left join (
              select position, payload from sales.raw_events where tx_id >= pg_snapshot_xmax($1::text::pg_snapshot)
              union all
              select position, payload from sales.raw_events where tx_id = any (array(select pg_snapshot_xip($1::text::pg_snapshot)))) fresh on true
            order by position
            """,
            connection
        )
        {
            Parameters = { new() { Value = checkpoint } },
        };
        List<OrderPlacedV1> events = [];
        var snapshot = checkpoint;
        await using var reader = await command.ExecuteReaderAsync(stop.Token);
        while (await reader.ReadAsync(stop.Token))
        {
            snapshot = reader.GetString(0);
            if (!reader.IsDBNull(1))
            {
                events.Add(JsonSerializer.Deserialize<OrderPlacedV1>(reader.GetString(1), RawVariant.Json)!);
            }
        }

        return (events, snapshot);
    }

    private async Task WriteAsync(NpgsqlConnection connection, List<OrderPlacedV1> events, string next)
    {
        // One round trip, and so one transaction.
        await using NpgsqlBatch batch = new(connection)
        {
            BatchCommands =
            {
                new(
                    "insert into ledger.entries (order_id, customer_id, total, placed_at) select * from unnest($1, "
                        + "$2, $3, $4)"
                )
                {
                    Parameters =
                    {
                        new() { Value = events.ConvertAll(one => one.OrderId) },
                        new() { Value = events.ConvertAll(one => one.CustomerId) },
                        new() { Value = events.ConvertAll(one => one.Total) },
                        new()
                        {
                            Value = events.ConvertAll(one => one.PlacedAt.UtcDateTime),
                            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
                        },
                    },
                },
                new("update ledger.raw_checkpoint set checkpoint = $1::text::pg_snapshot")
                {
                    Parameters = { new() { Value = next } },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(stop.Token);
    }
}
