using BuildingBlocks.Modules;
using Microsoft.Extensions.DependencyInjection;
using Payments.Gateway;
using Payments.Persistence;
using Payments.Processing;

namespace Payments;

/// <summary>Owns what was charged for orders and given back; see README.md.</summary>
public sealed class PaymentsModule : Module
{
    /// <inheritdoc />
    public override string Name => "payments";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) =>
        module
            .Database<PaymentsDbContext>()
            .References("payments.order_id", "orders.order")
            .References("payments.customer_user_id", "users.account")
            .Options<PaymentsOptions>()
            .With(services =>
                services
                    .AddSingleton<IPaymentGateway, SimulatedGateway>() // a real gateway takes its place here
                    .AddSingleton<PaymentSignal>()
                    .AddSingleton<PaymentProcessor>()
                    .AddHostedService(provider => provider.GetRequiredService<PaymentProcessor>())
            );
}
