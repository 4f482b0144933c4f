using BuildingBlocks.EventLog.Events;
using Inventory.Features;
using Inventory.Persistence;
using Inventory.Reactions;
using Microsoft.Extensions.DependencyInjection;

namespace Inventory.Tests.Reactions;

/// <summary>What happens when several transactions want the same pieces at the same time.</summary>
public sealed class LastPieceTests(InventoryFixture inventory) : IClassFixture<InventoryFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lets_the_second_order_wait_for_the_first_and_then_find_nothing()
    {
        await inventory.Stock("LAST-1", 1);
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        await using var one = await Begin();
        await one.Reserve(first, ("LAST-1", 1));
        await using var two = await Begin();
        var waiting = two.Reserve(second, ("LAST-1", 1));
        await WaitUntilBlocked();
        waiting.IsCompleted.ShouldBeFalse();
        await one.Commit();
        await waiting;
        await two.Commit();

        (await inventory.StockOf("LAST-1")).ShouldBe(new Stock("LAST-1", 1, 1, 0));
        (await Outcome(first)).ShouldBe("stock.reserved");
        (await Outcome(second)).ShouldBe("stock.reservation-rejected");
    }

    [Fact]
    public async Task Lets_the_second_order_have_what_the_first_did_not_take_after_all()
    {
        await inventory.Stock("LAST-2", 1);
        var second = Guid.CreateVersion7();

        await using var one = await Begin();
        await one.Reserve(Guid.CreateVersion7(), ("LAST-2", 1));
        await using var two = await Begin();
        var waiting = two.Reserve(second, ("LAST-2", 1));
        await WaitUntilBlocked();
        await one.DisposeAsync();
        await waiting;
        await two.Commit();

        (await Outcome(second)).ShouldBe("stock.reserved");
    }

    [Fact]
    public async Task Never_blocks_two_orders_that_name_the_same_products_in_opposite_order()
    {
        await inventory.Stock("CROSS-1", 100);
        await inventory.Stock("CROSS-2", 100);

        await Task.WhenAll(
            Enumerable
                .Range(0, 24)
                .Select(async n =>
                {
                    await using var transaction = await Begin();
                    await (
                        n % 2 == 0
                            ? transaction.Reserve(Guid.CreateVersion7(), ("CROSS-1", 1), ("CROSS-2", 1))
                            : transaction.Reserve(Guid.CreateVersion7(), ("CROSS-2", 1), ("CROSS-1", 1))
                    );
                    await transaction.Commit();
                })
        );

        (await inventory.StockOf("CROSS-1")).Reserved.ShouldBe(24);
        (await inventory.StockOf("CROSS-2")).Reserved.ShouldBe(24);
    }

    [Fact]
    public async Task Does_not_lose_a_reservation_to_a_count_at_the_same_time()
    {
        await inventory.Stock("COUNT-9", 10);

        await using var reserving = await Begin();
        await reserving.Reserve(Guid.CreateVersion7(), ("COUNT-9", 4));
        var counting = inventory.Count("COUNT-9", "MAIN", 20);
        await WaitUntilBlocked();
        await reserving.Commit();

        (await counting).ShouldBe(new CountedStock("COUNT-9", "MAIN", 20, 4, 16));
    }

    private async Task<ReservingTransaction> Begin()
    {
        var scope = inventory.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InventoryDbContext>();
        await db.Database.BeginTransactionAsync(Cancellation);
        return new(scope, db, new(db, inventory.Clock));
    }

    private Task<string> Outcome(Guid order) =>
        inventory.Sql.Value<string>("select event_type from outbox where key = $1", order.ToString());

    private async Task WaitUntilBlocked()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        const string Blocked =
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        while (await inventory.AdministratorSql.Value<long>(Blocked) == 0)
        {
            await Task.Delay(10, limit.Token);
        }
    }

    /// <summary>Does what a subscription worker does with one event, but commits when the test says so.</summary>
    private sealed class ReservingTransaction(
        AsyncServiceScope scope,
        InventoryDbContext db,
        ReserveStockOnOrderStockReservationRequested reaction
    ) : IAsyncDisposable
    {
        private static readonly EventContext Context = new(
            Guid.CreateVersion7(),
            "orders",
            "order.stock-reservation-requested",
            1,
            "any",
            "any",
            null,
            null,
            DateTimeOffset.UnixEpoch
        );

        public async Task Reserve(Guid order, params (string Sku, int Quantity)[] items)
        {
            await reaction.Handle(InventoryFixture.Wants(order, items), Context, Cancellation);
            await db.SaveChangesAsync(Cancellation);
        }

        public Task Commit() => db.Database.CommitTransactionAsync(Cancellation);

        public ValueTask DisposeAsync() => scope.DisposeAsync();
    }
}
