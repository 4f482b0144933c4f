using FluentValidation;
using Orders.Domain;
using Orders.Features;

namespace Orders.Tests;

public sealed class PlaceOrderValidatorTests
{
    private static readonly PlaceOrder Good = new(Guid.CreateVersion7(), "EUR", [new("TEA", 1)], "tok_ok");

    // As the Host sets it.
    static PlaceOrderValidatorTests() => ValidatorOptions.Global.DefaultRuleLevelCascadeMode = CascadeMode.Stop;

    [Fact]
    public void Takes_a_good_order() => Faults(Good).ShouldBeEmpty();

    [Fact]
    public void Takes_the_largest_order() =>
        Faults(
                Good with
                {
                    Items =
                    [
                        .. Enumerable
                            .Range(0, Order.MaxItems)
                            .Select(i => new PlaceOrderItem($"SKU-{i}", Order.MaxQuantity)),
                    ],
                }
            )
            .ShouldBeEmpty();

    [Fact]
    public void Names_everything_that_is_missing_at_once() =>
        Faults(new(Guid.Empty, null!, null!, null!))
            .ShouldBe(["CustomerId", "Currency", "PaymentToken", "Items"], ignoreOrder: true);

    [Fact]
    public void Refuses_an_order_without_items() => Faults(Good with { Items = [] }).ShouldBe(["Items"]);

    [Fact]
    public void Refuses_more_items_than_an_order_may_have() =>
        Faults(
                Good with
                {
                    Items = [.. Enumerable.Range(0, Order.MaxItems + 1).Select(i => new PlaceOrderItem($"SKU-{i}", 1))],
                }
            )
            .ShouldBe(["Items"]);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10_001)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void Refuses_a_quantity_nobody_means(int quantity) =>
        Faults(Good with { Items = [new("TEA", 1), new("JAM", quantity)] }).ShouldBe(["Items[1].Quantity"]);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("TEA\0")]
    [InlineData("TEA\n")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void Refuses_what_is_no_sku(string? sku) =>
        Faults(Good with { Items = [new(sku!, 1)] }).ShouldBe(["Items[0].Sku"]);

    [Fact]
    public void Refuses_an_item_that_is_null() =>
        Faults(Good with { Items = [new("TEA", 1), null!] }).ShouldBe(["Items[1]"]);

    [Fact]
    public void Refuses_a_product_named_twice_where_it_stands_again() =>
        Faults(Good with { Items = [new("TEA", 1), new("JAM", 1), new("TEA", 2)] }).ShouldBe(["Items[2].Sku"]);

    [Theory]
    [InlineData("")]
    [InlineData("eur")]
    [InlineData("EURO")]
    [InlineData("EUR\n")]
    [InlineData("€€€")]
    public void Refuses_what_is_no_currency_code(string currency) =>
        Faults(Good with { Currency = currency }).ShouldBe(["Currency"]);

    [Fact]
    public void Refuses_an_overlong_payment_token() =>
        Faults(Good with { PaymentToken = new('x', 201) }).ShouldBe(["PaymentToken"]);

    private static string[] Faults(PlaceOrder order) =>
        [.. new PlaceOrderValidator().Validate(order).Errors.Select(fault => fault.PropertyName)];
}
