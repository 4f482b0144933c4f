using System.Text.Json;
using BuildingBlocks.Application;
using Microsoft.EntityFrameworkCore;
using OrderSearch.Features;
using OrderSearch.Persistence;
using static OrderSearch.Tests.OrderSearchFixture;

namespace OrderSearch.Tests.Features;

/// <summary>What the database does to answer a search among many orders. It must not read them all.</summary>
public sealed class SearchPlanTests(SearchPlanTests.ManyOrders orders) : IClassFixture<SearchPlanTests.ManyOrders>
{
    [Theory]
    [InlineData("DE", "S7", null, "2029-12-01", null, "order_search_country_confirmed_at_idx", "order_search_skus_idx")]
    [InlineData("DE", "S1999", null, null, null, "order_search_skus_idx")]
    [InlineData(null, null, "rare1999", null, null, "order_search_words_idx")]
    [InlineData("PT", null, null, null, null, "order_search_country_placed_at_idx")]
    [InlineData(null, null, null, "2029-12-01", null, "order_search_confirmed_at_idx")]
    [InlineData(null, null, null, null, "placed", "order_search_status_placed_at_idx")]
    [InlineData(null, null, null, null, null, "order_search_placed_at_idx")]
    public async Task Reads_only_what_an_index_points_to(
        string? country,
        string? sku,
        string? text,
        string? confirmedSince,
        string? status,
        params string[] indexes
    )
    {
        var first = All with
        {
            Country = country,
            Sku = sku,
            Text = text,
            ConfirmedSince = confirmedSince,
            Status = status,
        };

        foreach (var after in new[] { null, new KeysetCursor(Noon.AddDays(-10), Guid.CreateVersion7()) })
        {
            var plan = await orders.PlanOf(first, after);

            plan.ShouldNotContain("Seq Scan");
            indexes.ShouldContain(index => plan.Contains(index, StringComparison.Ordinal), plan);
        }
    }

    /// <summary>20,000 orders of 8 products each, on a database whose statistics are current.</summary>
    public sealed class ManyOrders : BuildingBlocks.Testing.ModuleFixture<OrderSearchModule>
    {
        internal Task<string> PlanOf(SearchOrders query, KeysetCursor? after) =>
            With<OrderSearchDbContext, string>(async db =>
            {
                await db.Database.OpenConnectionAsync();
                await using var command = SearchFilter.Of(query).Page(db.Orders, after).Take(21).CreateDbCommand();
                command.CommandText = $"explain (format json) {command.CommandText}";
                var plan = JsonSerializer.Deserialize<JsonElement>((string)(await command.ExecuteScalarAsync())!);
                return plan.ToString();
            });

        protected override async Task Started()
        {
            await Sql.Execute(
                """
                insert into order_search (order_id, customer_id, country, currency, total_minor, skus, items, placed_at, confirmed_at)
                select gen_random_uuid(), gen_random_uuid(), case when n % 100 = 0 then 'PT' else (array['DE', 'GB', 'GB', 'GB', 'FR'])[1 + n % 5] end, 'EUR', 100,
                  array(select 'S' || (n * 31 + i * i * 97) % 2000 from generate_series(1, 8) as i),
                  (select jsonb_agg(jsonb_build_object('sku', 'S', 'productName', 'common rare' || (n * 31 + i * i * 97) % 2000)) from generate_series(1, 8) as i),
                  $1::timestamptz - n * interval '10 minutes', case when n > 20 then $1::timestamptz - n * interval '10 minutes' end
                from generate_series(1, 20000) as n
                """,
                Noon
            );
            await OwnerSql.Execute("analyze order_search");
        }
    }
}
