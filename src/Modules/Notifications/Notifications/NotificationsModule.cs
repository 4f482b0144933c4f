using BuildingBlocks.Modules;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Notifications.Mailing;
using Notifications.Persistence;

namespace Notifications;

/// <summary>Writes to customers about their orders; see README.md.</summary>
public sealed class NotificationsModule : Module
{
    /// <inheritdoc />
    public override string Name => "notifications";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) =>
        module
            .Database<NotificationsDbContext>()
            .References("mails.order_id", "orders.order")
            .References("orders.order_id", "orders.order")
            .References("orders.customer_id", "customers.customer")
            .References("customers.customer_id", "customers.customer")
            .Options<NotificationsOptions>()
            .With(services =>
                services
                    .AddSingleton<SmtpMailer>()
                    .AddSingleton<PickupMailer>()
                    .AddSingleton<IMailer>(provider =>
                        provider.GetRequiredService<IOptions<NotificationsOptions>>().Value.Smtp.Host is null
                            ? provider.GetRequiredService<PickupMailer>()
                            : provider.GetRequiredService<SmtpMailer>()
                    )
                    .AddScoped<CustomerMail>()
            );
}
