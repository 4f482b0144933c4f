using System.Diagnostics;
using Payments.Contracts;

namespace Payments.Tests;

public sealed class PaymentProcessorInTheBackgroundTests(PaymentsFixture payments) : IClassFixture<PaymentsFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_woken_by_the_request_instead_of_waiting_for_its_next_look()
    {
        using var processor = payments.Processor(payments.Gateway);
        await processor.StartAsync(Cancellation);

        // Idle for long enough that it looks once a second only.
        await Task.Delay(TimeSpan.FromSeconds(2.6), Cancellation);
        List<double> latencies = [];
        for (var i = 0; i < 5; i++)
        {
            var request = payments.Request();
            await payments.Given(request);
            var since = Stopwatch.GetTimestamp();
            while (
                !(await payments.Published<PaymentCapturedV1>()).Any(captured => captured.OrderId == request.OrderId)
            )
            {
                await Task.Delay(2, Cancellation);
            }

            latencies.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }

        await processor.StopAsync(Cancellation);
        latencies.Order().ElementAt(latencies.Count / 2).ShouldBeLessThan(500);
    }

    [Fact]
    public async Task Finishes_the_call_at_hand_when_it_is_stopped()
    {
        StrandedGateway gateway = new(payments.Gateway);
        using var processor = payments.Processor(gateway);
        await processor.StartAsync(Cancellation);
        var request = payments.Request();
        await payments.Given(request);
        await gateway.Charged;

        var stopping = processor.StopAsync(Cancellation);
        stopping.IsCompleted.ShouldBeFalse();
        gateway.Answer();
        await stopping;

        (await payments.Published<PaymentCapturedV1>()).ShouldContain(captured => captured.OrderId == request.OrderId);
    }
}
