using System.ComponentModel.DataAnnotations;

namespace Orders.Tests;

public sealed class OrdersOptionsTests
{
    [Theory]
    [InlineData("tok_ok", true)]
    [InlineData("tok_declined", true)]
    [InlineData("tok_slow", true)]
    [InlineData("tok_flaky", true)]
    [InlineData("tok_ok\n", false)]
    [InlineData("xtok_ok", false)]
    [InlineData("tok_other", false)]
    [InlineData("", false)]
    public void Knows_the_tokens_of_the_simulated_gateway(string token, bool accepted) =>
        new OrdersOptions().AcceptsPaymentToken(token).ShouldBe(accepted);

    [Theory]
    [InlineData("^pm_[A-Za-z0-9]{8,64}$", true)]
    [InlineData("(", false)]
    [InlineData("", false)]
    public void Says_at_start_when_the_pattern_is_unusable(string pattern, bool usable)
    {
        OrdersOptions options = new() { PaymentTokenPattern = pattern };

        Validator
            .TryValidateObject(options, new(options), validationResults: null, validateAllProperties: true)
            .ShouldBe(usable);
    }
}
