using System.Globalization;
using Npgsql;

namespace TwoHosts;

/// <summary>What the comparison came to.</summary>
internal sealed record Found(long Orders, long Searches, long Revenue, long Events, IReadOnlyList<string> Differences)
{
    public bool AllAgrees => Differences.Count == 0;

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Orders} orders, {Searches} found by the search of the second Host, revenue {Revenue / 100.0:0.00}; "
        )
        + string.Create(CultureInfo.InvariantCulture, $"{Events} events: ")
        + (AllAgrees ? "0 lost, 0 doubled, 0 out of order." : string.Join(" ", Differences));
}

/// <summary>Holds what the second Host has against the first, in their databases.</summary>
internal sealed class Comparison(NpgsqlDataSource shop, NpgsqlDataSource reports)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>Waits until all has arrived, or a minute has brought nothing new; then compares.</summary>
    public async Task<Found> WaitAsync(string[] sources, int orders, CancellationToken cancellationToken)
    {
        var (last, since) = (-1L, DateTime.UnixEpoch);
        while (true)
        {
            var found = await CompareAsync(sources, cancellationToken);
            var open = await ValueAsync(
                shop,
                "select count(*) from orders.orders where confirmed_at is null and cancel_reason is null",
                cancellationToken
            );
            if (found.AllAgrees && open == 0 && found.Orders >= orders)
            {
                return found;
            }

            var progress = found.Searches + found.Events - open;
            (last, since) = progress == last ? (last, since) : (progress, TimeProvider.System.GetUtcNow().UtcDateTime);
            if (TimeProvider.System.GetUtcNow().UtcDateTime - since > TimeSpan.FromMinutes(1))
            {
                return found;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<Found> CompareAsync(string[] sources, CancellationToken cancellationToken)
    {
        List<string> differences = [];
        var placed = await RowsAsync(
            shop,
            "select id || ' ' || total_minor || ' ' || case when status in ('stockReserved', 'paid') then 'placed' "
                + "else status end from orders.orders",
            cancellationToken
        );
        var searched = await RowsAsync(
            reports,
            "select order_id || ' ' || total_minor || ' ' || status from order_search.order_search where placed_at "
                + "is not null",
            cancellationToken
        );
        if (!placed.SequenceEqual(searched, StringComparer.Ordinal))
        {
            differences.Add(
                $"Searches differ: {string.Join(", ", placed.Except(searched, StringComparer.Ordinal).Take(3))}."
            );
        }

        var revenue = await ValueAsync(
            reports,
            "select coalesce(sum(amount_minor), 0)::bigint from analytics.revenue_by_country where entry = 'confirmed'",
            cancellationToken
        );
        var sold = await ValueAsync(
            shop,
            "select coalesce(sum(total_minor), 0)::bigint from orders.orders where confirmed_at is not null",
            cancellationToken
        );
        if (revenue != sold)
        {
            differences.Add(string.Create(CultureInfo.InvariantCulture, $"Revenue is {revenue} instead of {sold}."));
        }

        var events = 0L;
        foreach (var source in sources)
        {
            // Of one key by position: the order of commits at home, and that of readers in the shadow.
            const string OfKeys =
                "select key || ' ' || string_agg(event_id::text, ',' order by {0}) from {1}.outbox group by key";
            var home = await RowsAsync(
                shop,
                string.Format(CultureInfo.InvariantCulture, OfKeys, "position", source),
                cancellationToken
            );
            foreach (var order in new[] { "position", "seq", "tx_id, position" })
            {
                var shadow = await RowsAsync(
                    reports,
                    string.Format(CultureInfo.InvariantCulture, OfKeys, order, source),
                    cancellationToken
                );
                if (!home.SequenceEqual(shadow, StringComparer.Ordinal))
                {
                    differences.Add($"Events of {source} differ by {order}.");
                }
            }

            events += await ValueAsync(reports, $"select count(*) from {source}.outbox", cancellationToken);
        }

        return new(placed.Count, searched.Count, revenue, events, differences);
    }

    private static async Task<IReadOnlyList<string>> RowsAsync(
        NpgsqlDataSource database,
        string sql,
        CancellationToken cancellationToken
    )
    {
        List<string> rows = [];
        await using var command = database.CreateCommand(sql);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(row.IsDBNull(0) ? "" : row.GetString(0));
        }

        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    private static async Task<long> ValueAsync(
        NpgsqlDataSource database,
        string sql,
        CancellationToken cancellationToken
    )
    {
        await using var command = database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
