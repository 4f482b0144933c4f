using System.Globalization;
using Npgsql;
using Reliability.Load;

namespace Reliability.Checking;

/// <summary>
/// Holds what clients were told and what the modules' tables say against each other. Orders are the run's own: those
/// with its idempotency keys.
/// </summary>
internal sealed class Books(NpgsqlConnection administrator, History history, int seed)
{
    private const int MostShown = 5;

    private readonly List<Finding> findings = [];

    public async Task<IReadOnlyList<Finding>> CheckAsync()
    {
        await CheckHistoryAsync();
        await CheckValuesAsync();
        foreach (var statement in Statements.All)
        {
            List<string> rows = [];
            await using NpgsqlCommand command = new(statement.Sql, administrator) { CommandTimeout = 300 };
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                rows.Add(
                    string.Join(
                        ' ',
                        Enumerable
                            .Range(0, reader.FieldCount)
                            .Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))
                    )
                );
            }

            if (rows.Count > 0)
            {
                findings.Add(
                    new(
                        statement.Breach,
                        $"{statement.What}: {rows.Count}, such as {string.Join("; ", rows.Take(MostShown))}"
                    )
                );
            }
        }

        return findings;
    }

    private async Task CheckHistoryAsync()
    {
        Dictionary<string, (string Id, string Status)> placed = new(StringComparer.Ordinal);
        await using (
            NpgsqlCommand command = new(
                "select idempotency_key, id::text, status from orders.orders where idempotency_key like $1",
                administrator
            )
        )
        {
            command.Parameters.Add(new() { Value = string.Create(CultureInfo.InvariantCulture, $"r-{seed}-%") });
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                if (!placed.TryAdd(reader.GetString(0), (reader.GetString(1), reader.GetString(2))))
                {
                    findings.Add(new(Breach.Doubled, $"two orders have the key {reader.GetString(0)}"));
                }
            }
        }

        foreach (var order in history.Orders.Values)
        {
            var exists = placed.TryGetValue(order.Key, out var stored);
            var fault = order switch
            {
                { Outcome: Outcome.Acknowledged } when !exists => (Breach.Lost, "was acknowledged and is not there"),
                { Outcome: Outcome.Acknowledged, Ids.Count: > 1 } => (
                    Breach.Doubled,
                    $"was acknowledged under several ids: {string.Join(", ", order.Ids)}"
                ),
                { Outcome: Outcome.Acknowledged } when !order.Ids.Contains(stored.Id) => (
                    Breach.Lost,
                    $"is there as {stored.Id}, acknowledged as {order.Ids.First()}"
                ),
                { Outcome: Outcome.Refused } when exists => (
                    Breach.Doubled,
                    $"was refused in the end and is there as {stored.Id}"
                ),
                { DispatchAcknowledged: true } when stored.Status is not ("shipped" or "delivered") => (
                    Breach.Lost,
                    $"was dispatched and is {stored.Status}"
                ),
                { CancelAcknowledged: true } when stored.Status is not ("cancelled" or "shipped" or "delivered") => (
                    Breach.Lost,
                    $"was called off and is {stored.Status}"
                ),
                { Token: "tok_declined" } when exists && stored.Status is not "cancelled" => (
                    Breach.Untrue,
                    $"could not be paid and is {stored.Status}"
                ),
                _ => ((Breach Breach, string What)?)null,
            };
            if (fault is { } found)
            {
                findings.Add(new(found.Breach, $"order {order.Key} {found.What}"));
            }
        }
    }

    /// <summary>Prices and counts that were acknowledged last are those that stand, also in the copy.</summary>
    private async Task CheckValuesAsync()
    {
        foreach (var (what, value) in history.Values)
        {
            var (kind, sku) = (what.Split(' ')[0], what.Split(' ')[1]);
            string[] places = kind is "price"
                ?
                [
                    "select price_minor from catalog.products where sku = $1",
                    "select price_minor from orders.products where sku = $1",
                ]
                : ["select on_hand::bigint from inventory.stock_levels where sku = $1"];
            foreach (var sql in places)
            {
                await using NpgsqlCommand command = new(sql, administrator);
                command.Parameters.Add(new() { Value = sku });
                var stored = Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
                if (!string.Equals(stored, value, StringComparison.Ordinal))
                {
                    findings.Add(
                        new(Breach.Lost, $"{what} was last told to be {value}, but {sql.Split(' ')[3]} has {stored}")
                    );
                }
            }
        }
    }
}
