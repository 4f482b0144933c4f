using Payments.Gateway;

namespace Payments.Tests;

public sealed class SimulatedGatewayTests(PaymentsFixture payments) : IClassFixture<PaymentsFixture>
{
    private readonly ChargeRequest request = new(
        Guid.CreateVersion7(),
        "tok_ok",
        Random.Shared.NextInt64(1_000_000, long.MaxValue),
        "EUR"
    );

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Charges_once_however_often_it_is_asked_at_once()
    {
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => payments.Gateway.Charge(request, Cancellation))
        );

        answers.ShouldAllBe(answer => answer.DeclineReason == null);
        (await payments.Books(request.AmountMinor)).ShouldBe("charged after 20");
    }

    [Fact]
    public async Task Charges_nothing_that_was_voided_before_it_heard_of_it()
    {
        (await payments.Gateway.Void(request.Key, Cancellation)).ShouldBeTrue();

        (await payments.Gateway.Charge(request, Cancellation)).DeclineReason.ShouldBe("the payment was called off");
    }

    [Fact]
    public async Task Does_not_void_what_is_charged()
    {
        await payments.Gateway.Charge(request, Cancellation);

        (await payments.Gateway.Void(request.Key, Cancellation)).ShouldBeFalse();
        (await payments.Books(request.AmountMinor)).ShouldBe("charged after 1");
    }

    [Fact]
    public async Task Gives_back_once_and_says_the_amount_however_often_it_is_asked()
    {
        await payments.Gateway.Charge(request, Cancellation);

        (await payments.Gateway.Refund(request.Key, Cancellation)).ShouldBe(request.AmountMinor);
        (await payments.Gateway.Refund(request.Key, Cancellation)).ShouldBe(request.AmountMinor);
        (await payments.Gateway.Refund(Guid.CreateVersion7(), Cancellation)).ShouldBe(0);
        (await payments.Books(request.AmountMinor)).ShouldBe("refunded after 1");
    }

    [Fact]
    public void Keeps_the_token_out_of_what_a_request_prints() => request.ToString().ShouldNotContain("tok_");
}
