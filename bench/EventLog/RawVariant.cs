using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Sales;

namespace EventLog.Bench;

/// <summary>
/// The minimum: two inserts in one round trip by prepared statements, no DbContext, no envelope; a consumer that writes
/// in batches.
/// </summary>
internal sealed class RawVariant : IRunningVariant
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly NpgsqlDataSource sales;
    private readonly NpgsqlDataSource ledger;
    private readonly BatchConsumer consumer;

    private RawVariant(NpgsqlDataSource sales, NpgsqlDataSource ledger) =>
        (this.sales, this.ledger, consumer) = (sales, ledger, new(sales, ledger));

    public Guid? Poisoned => null;

    public static Task<IRunningVariant> StartAsync(Installation installation, CancellationToken cancellationToken) =>
        Task.FromResult<IRunningVariant>(new RawVariant(Prepared(installation.Sales), Prepared(installation.Ledger)));

    /// <summary>
    /// Connections that prepare what they execute often, and are handed on without a reset, like those of modules.
    /// </summary>
    public static NpgsqlDataSource Prepared(string connectionString) =>
        NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connectionString)
            {
                MaxAutoPrepare = 20,
                AutoPrepareMinUsages = 2,
                MaxPoolSize = 40,
                NoResetOnClose = true,
            }
        );

    public async Task PublishAsync(Guid customerId, CancellationToken cancellationToken)
    {
        var (order, placed) = Order.Place(customerId);
        await using (var connection = await sales.OpenConnectionAsync(cancellationToken))
        {
            await using NpgsqlBatch batch = new(connection)
            {
                BatchCommands =
                {
                    new(
                        "insert into sales.orders (id, customer_id, total, status, placed_at) values ($1, $2, $3, $4, "
                            + "$5)"
                    )
                    {
                        Parameters =
                        {
                            new() { Value = order.Id },
                            new() { Value = order.CustomerId },
                            new() { Value = order.Total },
                            new() { Value = order.Status },
                            new() { Value = order.PlacedAt },
                        },
                    },
                    new("insert into sales.raw_events (payload) values ($1)")
                    {
                        Parameters =
                        {
                            new() { Value = JsonSerializer.Serialize(placed, Json), NpgsqlDbType = NpgsqlDbType.Jsonb },
                        },
                    },
                },
            };
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        consumer.Wake();
    }

    public Task AppliedAsync(long orders, CancellationToken cancellationToken) =>
        consumer.AppliedAsync(orders, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await consumer.DisposeAsync();
        await sales.DisposeAsync();
        await ledger.DisposeAsync();
    }
}
