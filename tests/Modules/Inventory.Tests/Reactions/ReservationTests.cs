using Inventory.Contracts;
using Inventory.Features;

namespace Inventory.Tests.Reactions;

public sealed class ReservationTests(InventoryFixture inventory) : IClassFixture<InventoryFixture>
{
    private readonly Guid order = Guid.CreateVersion7();

    [Fact]
    public async Task Sets_aside_what_an_order_wants()
    {
        await inventory.Stock("SET-1", 5);
        await inventory.Stock("SET-2", 1);

        await inventory
            .When(InventoryFixture.Wants(order, ("SET-2", 1), ("SET-1", 3)))
            .Then<StockReservedV1>(reserved =>
            {
                reserved.OrderId.ShouldBe(order);
                reserved.Lines.ShouldBe([new StockLine("SET-1", "MAIN", 3), new StockLine("SET-2", "MAIN", 1)]);
            })
            .ThenNo<StockReservationRejectedV1>();

        (await inventory.StockOf("SET-1")).ShouldBe(new Stock("SET-1", 5, 3, 2));
    }

    [Fact]
    public async Task Sets_aside_nothing_when_anything_is_short_and_says_what()
    {
        await inventory.Stock("ALL-1", 5);
        await inventory.Stock("ALL-2", 1);

        await inventory
            .When(InventoryFixture.Wants(order, ("ALL-1", 1), ("ALL-2", 2), ("ALL-3", 4)))
            .Then<StockReservationRejectedV1>(rejected =>
            {
                rejected.OrderId.ShouldBe(order);
                rejected.Reason.ShouldBe(
                    "Not enough in stock. ALL-2: 2 wanted, 1 available; ALL-3: 4 wanted, 0 available."
                );
            })
            .ThenNo<StockReservedV1>();

        (await inventory.StockOf("ALL-1")).Reserved.ShouldBe(0);
    }

    [Fact]
    public async Task Takes_from_as_few_warehouses_as_possible_and_from_several_when_it_must()
    {
        await inventory.Stock("SPREAD-1", 2);
        await inventory.Count("SPREAD-1", "BIG", 6);
        await inventory.Count("SPREAD-1", "MID", 4);

        await inventory
            .When(InventoryFixture.Wants(order, ("SPREAD-1", 6)))
            .Then<StockReservedV1>(reserved => reserved.Lines.ShouldBe([new StockLine("SPREAD-1", "BIG", 6)]));
        await inventory
            .When(InventoryFixture.Wants(Guid.CreateVersion7(), ("SPREAD-1", 5)))
            .Then<StockReservedV1>(reserved =>
                reserved.Lines.ShouldBe([new StockLine("SPREAD-1", "MAIN", 1), new StockLine("SPREAD-1", "MID", 4)])
            );

        (await inventory.StockOf("SPREAD-1")).ShouldBe(new Stock("SPREAD-1", 12, 11, 1));
    }

    [Fact]
    public async Task Gives_back_what_it_set_aside()
    {
        await inventory.Stock("BACK-1", 5);

        await inventory
            .Given(InventoryFixture.Wants(order, ("BACK-1", 5)))
            .When(InventoryFixture.GivesUp(order))
            .Then<StockReleasedV1>(released =>
            {
                released.OrderId.ShouldBe(order);
                released.Lines.ShouldBe([new StockLine("BACK-1", "MAIN", 5)]);
            });

        (await inventory.StockOf("BACK-1")).ShouldBe(new Stock("BACK-1", 5, 0, 5));
    }

    [Fact]
    public async Task Gives_back_only_once()
    {
        await inventory.Stock("ONCE-1", 5);

        await inventory
            .Given(InventoryFixture.Wants(order, ("ONCE-1", 2)), InventoryFixture.GivesUp(order))
            .When(InventoryFixture.GivesUp(order))
            .Then<StockReleasedV1>(released => released.Lines.ShouldBeEmpty());

        (await inventory.StockOf("ONCE-1")).Reserved.ShouldBe(0);
    }

    [Fact]
    public async Task Answers_a_release_also_when_nothing_was_set_aside() =>
        await inventory
            .When(InventoryFixture.GivesUp(order))
            .Then<StockReleasedV1>(released =>
            {
                released.OrderId.ShouldBe(order);
                released.Lines.ShouldBeEmpty();
            });

    [Fact]
    public async Task Sets_aside_nothing_for_an_order_that_was_given_up_before()
    {
        await inventory.Stock("LATE-1", 5);

        await inventory
            .Given(InventoryFixture.GivesUp(order))
            .When(InventoryFixture.Wants(order, ("LATE-1", 1)))
            .Then<StockReservationRejectedV1>(rejected => rejected.OrderId.ShouldBe(order))
            .ThenNo<StockReservedV1>();

        (await inventory.StockOf("LATE-1")).Reserved.ShouldBe(0);
    }

    [Fact]
    public async Task Sets_aside_once_what_is_asked_for_twice()
    {
        await inventory.Stock("TWICE-1", 5);

        await inventory
            .Given(InventoryFixture.Wants(order, ("TWICE-1", 3)))
            .When(InventoryFixture.Wants(order, ("TWICE-1", 3)))
            .Then<StockReservedV1>(reserved => reserved.Lines.ShouldBe([new StockLine("TWICE-1", "MAIN", 3)]));

        (await inventory.StockOf("TWICE-1")).Reserved.ShouldBe(3);
    }

    [Fact]
    public async Task May_be_asked_again_after_it_was_short()
    {
        await inventory.Stock("AGAIN-1", 1);
        await inventory.Given(InventoryFixture.Wants(order, ("AGAIN-1", 2)));
        await inventory.Count("AGAIN-1", "MAIN", 2);

        await inventory.When(InventoryFixture.Wants(order, ("AGAIN-1", 2))).Then<StockReservedV1>();
    }

    [Fact]
    public async Task Takes_off_the_stock_what_has_left_and_leaves_what_is_available_as_it_was()
    {
        await inventory.Stock("LEAVE-1", 5);
        await inventory.Count("LEAVE-1", "BIG", 6);

        await inventory
            .Given(InventoryFixture.Wants(order, ("LEAVE-1", 8)))
            .When(InventoryFixture.Left(order))
            .ThenNothing();

        (await inventory.StockOf("LEAVE-1")).ShouldBe(new Stock("LEAVE-1", 3, 0, 3));
    }

    [Fact]
    public async Task Never_counts_below_nothing_when_a_count_had_missed_what_then_leaves()
    {
        await inventory.Stock("LEAVE-2", 5);
        await inventory.Given(InventoryFixture.Wants(order, ("LEAVE-2", 5)));
        await inventory.Count("LEAVE-2", "MAIN", 2);

        await inventory.Given(InventoryFixture.Left(order));

        (await inventory.StockOf("LEAVE-2")).ShouldBe(new Stock("LEAVE-2", 0, 0, 0));
    }

    [Fact]
    public async Task Gives_nothing_back_of_what_has_left()
    {
        await inventory.Stock("LEAVE-3", 5);

        await inventory
            .Given(InventoryFixture.Wants(order, ("LEAVE-3", 2)), InventoryFixture.Left(order))
            .When(InventoryFixture.GivesUp(order))
            .Then<StockReleasedV1>(released => released.Lines.ShouldBeEmpty());

        (await inventory.StockOf("LEAVE-3")).ShouldBe(new Stock("LEAVE-3", 3, 0, 3));
    }

    [Fact]
    public async Task Lets_goods_leave_for_which_nothing_was_set_aside() =>
        await inventory.When(InventoryFixture.Left(Guid.CreateVersion7())).ThenNothing();

    [Fact]
    public async Task Opens_a_stock_once_however_often_a_product_is_announced()
    {
        await inventory.Stock("OPEN-1", 5);
        await inventory.Given(InventoryFixture.Added("OPEN-1"));

        (await inventory.StockOf("OPEN-1")).OnHand.ShouldBe(5);
    }
}
