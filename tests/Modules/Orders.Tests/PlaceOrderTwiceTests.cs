using BuildingBlocks.Application;
using Orders.Contracts;
using Orders.Features;

namespace Orders.Tests;

public sealed class PlaceOrderTwiceTests(OrdersFixture orders) : IClassFixture<OrdersFixture>
{
    [Fact]
    public async Task Answers_the_first_order_when_the_same_request_comes_again()
    {
        var (customerId, user, _) = await orders.Customer();
        var request = OrdersFixture.Request(customerId) with { IdempotencyKey = "again" };

        var first = await Place();
        var second = await Place();

        second.ShouldBe(first);
        (await orders.Published<OrderPlacedV1>()).Count(placed => placed.CustomerId == customerId).ShouldBe(1);

        async Task<Guid> Place()
        {
            (await orders.Send(request, user)).Failed(out var refusal, out var placed).ShouldBeFalse(refusal?.Code);
            return placed!.OrderId;
        }
    }

    [Fact]
    public async Task Places_one_order_when_the_same_request_comes_many_times_at_once()
    {
        var (customerId, user, _) = await orders.Customer();
        var request = OrdersFixture.Request(customerId) with { IdempotencyKey = "race" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => orders.Send(request, user)));

        answers
            .Select(answer =>
                answer.Failed(out var refusal, out var placed)
                    ? throw new InvalidOperationException(refusal.Code)
                    : placed.OrderId
            )
            .Distinct()
            .Count()
            .ShouldBe(1);
        (await orders.Sql.Value<long>("select count(*) from orders where customer_id = $1", customerId)).ShouldBe(1);
    }

    [Fact]
    public async Task Refuses_another_order_under_the_same_key()
    {
        var (customerId, user, _) = await orders.Customer();
        var request = OrdersFixture.Request(customerId) with { IdempotencyKey = "reused" };
        await orders.Send(request, user);

        (await orders.Send(request with { Items = [new("TEA", 3)] }, user))
            .Failed(out var refusal, out _)
            .ShouldBeTrue();

        (refusal!.Kind, refusal.Code).ShouldBe((ErrorKind.Conflict, "orders.idempotency-key-reused"));
    }

    [Fact]
    public async Task Answers_the_first_order_even_when_its_product_is_not_sold_any_more()
    {
        var (customerId, user, _) = await orders.Customer();
        await orders.Given(new Catalog.Contracts.ProductAddedV1("GONE", "Gone", "Food", 100, "EUR"));
        var request = OrdersFixture.Request(customerId) with { IdempotencyKey = "gone", Items = [new("GONE", 1)] };
        await orders.Send(request, user);
        await orders.Given(new Catalog.Contracts.ProductDiscontinuedV1("GONE"));

        (await orders.Send(request, user)).Error.ShouldBeNull();
    }

    [Fact]
    public async Task Keeps_the_keys_of_different_senders_apart()
    {
        var (oneId, one, _) = await orders.Customer();
        var (otherId, other, _) = await orders.Customer();

        await orders.When(OrdersFixture.Request(oneId) with { IdempotencyKey = "same" }, one).Then<OrderPlacedV1>();
        await orders.When(OrdersFixture.Request(otherId) with { IdempotencyKey = "same" }, other).Then<OrderPlacedV1>();
    }

    [Fact]
    public async Task Counts_the_system_as_one_sender()
    {
        var (customerId, _, _) = await orders.Customer();
        var request = OrdersFixture.Request(customerId) with { IdempotencyKey = "system" };

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => orders.Send(request)));

        (await orders.Sql.Value<long>("select count(*) from orders where customer_id = $1", customerId)).ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    public async Task Refuses_a_key_that_is_none(string key)
    {
        var (customerId, user, _) = await orders.Customer();

        (await orders.Send(OrdersFixture.Request(customerId) with { IdempotencyKey = key }, user))
            .Failed(out var refusal, out PlacedOrder? _)
            .ShouldBeTrue();

        (refusal!.Kind, refusal.Code).ShouldBe((ErrorKind.Invalid, "orders.invalid-idempotency-key"));
    }
}
