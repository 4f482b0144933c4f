using BuildingBlocks.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orders.Contracts;
using Payments.Features;
using Payments.Gateway;
using Payments.Processing;

namespace Payments.Tests;

/// <summary>Payments with its simulated gateway; the processor works when a test says so.</summary>
public sealed class PaymentsFixture : ModuleFixture<PaymentsModule>
{
    private long lastAmount = 1000;

    internal IPaymentGateway Gateway => Services.GetRequiredService<IPaymentGateway>();

    /// <summary>A payment request with an amount that no other payment of the class has.</summary>
    internal OrderPaymentRequestedV1 Request(string token = "tok_ok", Guid? userId = null) =>
        new(Guid.CreateVersion7(), userId, Interlocked.Increment(ref lastAmount), "EUR", token);

    /// <summary>Does what is due, as a Host would, and says how many payments that were.</summary>
    internal Task<int> Process(IPaymentGateway? gateway = null) =>
        Processor(gateway).ProcessDue(TestContext.Current.CancellationToken);

    /// <summary>Does what is due, again and again until the payments rest, however long the pauses are.</summary>
    internal async Task ProcessToTheEnd(IPaymentGateway? gateway = null)
    {
        while (await Sql.Value<long>("select count(*) from payments where due_at is not null") > 0)
        {
            await Process(gateway);
            Clock.Advance(TimeSpan.FromMinutes(2));
        }
    }

    /// <summary>Lets time pass until the work is done; it may not have got to its first pause yet.</summary>
    internal async Task LetTimePassUntilDone(Task work)
    {
        while (!work.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(work, Task.Delay(20, TestContext.Current.CancellationToken));
        }

        await work;
    }

    internal PaymentProcessor Processor(IPaymentGateway? gateway = null) =>
        gateway is null
            ? Services.GetRequiredService<PaymentProcessor>()
            : ActivatorUtilities.CreateInstance<PaymentProcessor>(Services, gateway);

    internal async Task<GetPaymentsItem> Read(Guid orderId)
    {
        (await Send(new GetPayments(orderId))).Failed(out _, out var answer).ShouldBeFalse();
        return answer!.Items.ShouldHaveSingleItem();
    }

    /// <summary>
    /// What the gateway's own books say about an amount: how often it stands in which state, and how often it was heard
    /// of.
    /// </summary>
    internal async Task<string> Books(long amountMinor) =>
        string.Join(
            ", ",
            await Sql.List<string>(
                "select state || ' after ' || calls from simulated_gateway_charges where amount_minor = $1",
                amountMinor
            )
        );
}
