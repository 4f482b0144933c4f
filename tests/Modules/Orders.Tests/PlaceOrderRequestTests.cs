using Orders.Features;

namespace Orders.Tests;

public sealed class PlaceOrderRequestTests
{
    private static readonly PlaceOrder Request = new(
        Guid.CreateVersion7(),
        "EUR",
        [new("TEA", 1), new("JAM", 2)],
        "tok_ok"
    )
    {
        IdempotencyKey = "a",
    };

    [Theory]
    [InlineData("a")]
    [InlineData("550e8400-e29b-41d4-a716-446655440000")]
    [InlineData("!~")]
    public void Takes_visible_ascii_as_a_key(string key) => PlaceOrderRequest.IsKey(key).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a\t")]
    [InlineData("a\u007f")]
    public void Refuses_other_keys(string key) => PlaceOrderRequest.IsKey(key).ShouldBeFalse();

    [Fact]
    public void Limits_the_length_of_a_key()
    {
        PlaceOrderRequest.IsKey(new('k', 200)).ShouldBeTrue();
        PlaceOrderRequest.IsKey(new('k', 201)).ShouldBeFalse();
    }

    [Fact]
    public void Knows_the_same_request_again_whatever_its_order_of_items() =>
        PlaceOrderRequest
            .FingerprintOf(Request with { Items = [new("JAM", 2), new("TEA", 1)] })
            .ShouldBe(PlaceOrderRequest.FingerprintOf(Request));

    [Fact]
    public void Tells_requests_apart_by_everything_they_say()
    {
        PlaceOrder[] others =
        [
            Request with
            {
                CustomerId = Guid.CreateVersion7(),
            },
            Request with
            {
                Currency = "USD",
            },
            Request with
            {
                PaymentToken = "tok_slow",
            },
            Request with
            {
                Items = [new("TEA", 1), new("JAM", 3)],
            },
            Request with
            {
                Items = [new("TEA", 1)],
            },
        ];

        others
            .Append(Request)
            .Select(PlaceOrderRequest.FingerprintOf)
            .Distinct(StringComparer.Ordinal)
            .Count()
            .ShouldBe(others.Length + 1);
    }
}
