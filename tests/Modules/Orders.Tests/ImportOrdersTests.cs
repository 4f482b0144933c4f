using BuildingBlocks.Testing;
using Orders.Contracts;
using Orders.Contracts.Commands;

namespace Orders.Tests;

public sealed class ImportOrdersTests(OrdersFixture orders) : IClassFixture<OrdersFixture>
{
    private static readonly DateTimeOffset At = new(2010, 12, 1, 8, 26, 0, TimeSpan.Zero);

    [Fact]
    public async Task Takes_an_order_as_confirmed_at_its_own_date_and_starts_no_saga()
    {
        var import = Imported("536365", [new("TEA", "Tea", 300, 255), new("TEA", "Tea", 2, 199)]);

        (await Import(import)).ShouldSatisfyAllConditions(
            answer => answer.Taken.ShouldBe(1),
            answer => answer.Known.ShouldBe(0),
            answer => answer.Differing.ShouldBeEmpty()
        );

        (await orders.Published<OrderConfirmedV2>())
            .Single(confirmed => confirmed.OrderId == import.OrderId)
            .ShouldSatisfyAllConditions(
                confirmed => confirmed.ConfirmedAt.ShouldBe(At),
                confirmed => confirmed.TotalMinor.ShouldBe((300 * 255) + (2 * 199)),
                confirmed => confirmed.CustomerCountry.ShouldBe("GB"),
                confirmed => confirmed.FulfilledElsewhere.ShouldBeTrue(),
                confirmed => confirmed.Items.ShouldBe(import.Lines)
            );
        (await orders.Published<OrderPlacedV1>()).ShouldNotContain(placed => placed.OrderId == import.OrderId);
        (
            await orders.Sql.Value<string>(
                "select string_agg(status, ' ' order by status) from order_status_history where order_id = "
                    + $"'{import.OrderId}' and at = '2010-12-01 08:26Z'"
            )
        ).ShouldBe("confirmed placed");
        (await orders.Sql.Value<long>($"select count(*) from sagas where id = '{import.OrderId}'")).ShouldBe(0);
    }

    [Fact]
    public async Task Takes_a_return_as_cancelled_after_it_had_been_confirmed_and_says_nothing_else_of_it()
    {
        var import = Imported("C536379", [new("D", "Discount", 1, 2750)]) with { IsReturn = true };

        await Import(import);

        (await orders.Published<OrderCancelledV1>())
            .Single(cancelled => cancelled.OrderId == import.OrderId)
            .ShouldSatisfyAllConditions(
                cancelled => cancelled.ConfirmedAt.ShouldBe(At),
                cancelled => cancelled.CancelledAt.ShouldBe(At),
                cancelled => cancelled.TotalMinor.ShouldBe(2750),
                cancelled => cancelled.CustomerCountry.ShouldBe("GB")
            );
        (await orders.Published<OrderConfirmedV2>()).ShouldNotContain(confirmed => confirmed.OrderId == import.OrderId);
    }

    [Fact]
    public async Task Takes_what_is_missing_and_leaves_what_is_there()
    {
        var (first, second) = (Imported("1001"), Imported("1002"));
        await Import(first);
        var published = (await orders.Published<OrderConfirmedV2>()).Count;

        (await Import(first, second)).ShouldBe((1, 1));

        (await orders.Published<OrderConfirmedV2>()).Count.ShouldBe(published + 1);
    }

    [Fact]
    public async Task Tells_of_an_order_that_is_there_with_other_content()
    {
        await Import(Imported("1003"));

        var answer = await Import(Imported("1003", [new("TEA", "Tea", 2, 255)]));

        (answer.Taken, answer.Known).ShouldBe((0, 0));
        answer.Differing.ShouldBe(["1003"]);
    }

    [Fact]
    public async Task The_same_reference_of_another_system_is_another_order()
    {
        await Import(Imported("1004"));

        (
            await orders.Send(
                new ImportOrders("elsewhere", [Imported("1004") with { OrderId = Guid.CreateVersion7(At) }])
            )
        )
            .Succeeded()
            .Taken.ShouldBe(1);
    }

    [Fact]
    public async Task Two_imports_at_once_take_each_order_once()
    {
        var batch = Enumerable.Range(2000, 50).Select(number => Imported($"{number}")).ToArray();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Import(batch)));

        answers.Sum(answer => answer.Taken).ShouldBe(50);
        answers.Sum(answer => answer.Known).ShouldBe(150);
    }

    [Fact]
    public async Task Refuses_a_batch_whole_when_one_order_is_not_valid()
    {
        await Refuses("orders[1].lines", Imported("1006", [new("TEA", "Tea", 0, 255)]));
        await Refuses("orders[1].lines", Imported("1007", [new("TEA", "Tea", int.MaxValue, long.MaxValue)]));
        await Refuses("orders[1].lines", Imported("1008", []));
        await Refuses("orders[1].at", Imported("1009") with { At = DateTimeOffset.MaxValue });
        await Refuses("orders[1].at", Imported("1011") with { At = default });
        await Refuses("orders[1].lines", Imported("1012", [new("TEA", " ", 1, 255)]));
        await Refuses("orders[1].lines", Imported("1013", [new("\u200b", "Tea", 1, 255)]));
        await Refuses("orders[1].customerName", Imported("1014") with { CustomerName = "\u2060" });
        await Refuses("orders[1].customerCountry", Imported("1010") with { CustomerCountry = "EIRE" });
        await Refuses("orders", Imported("1005"));

        (await orders.Sql.Value<long>("select count(*) from orders where idempotency_key = 'tests:1005'")).ShouldBe(0);
    }

    private async Task Refuses(string field, ImportedOrder faulty) =>
        (await orders.Send(new ImportOrders("tests", [Imported("1005"), faulty]))).BlamedFields().ShouldBe([field]);

    private async Task<ImportOrdersAnswer> Import(params ImportedOrder[] imports) =>
        (await orders.Send(new ImportOrders("tests", imports))).Succeeded();

    private static ImportedOrder Imported(string reference, OrderLine[]? lines = null) =>
        new(
            Guid.CreateVersion7(At),
            reference,
            new("0198a000-0000-7000-8000-000000000001"),
            "Customer 17850",
            "customer-17850@example.com",
            "GB",
            "GBP",
            At,
            IsReturn: false,
            lines ?? [new("TEA", "Tea", 1, 255)]
        );
}

internal static class ImportAnswers
{
    public static void ShouldBe(this ImportOrdersAnswer answer, (int Taken, int Known) expected)
    {
        (answer.Taken, answer.Known).ShouldBe(expected);
        answer.Differing.ShouldBeEmpty();
    }
}
