// The event log in a console program: one module takes orders, another bills them; no web host, no other building
// block. dotnet run --project samples/EventLogAlone -- "Host=localhost;Database=shop;Username=postgres;Password=..."
using BuildingBlocks.EventLog;
using BuildingBlocks.EventLog.Migrations;
using EventLogAlone;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var connectionString = args is [var given]
    ? given
    : throw new ArgumentException(
        "Give the connection string of a PostgreSQL database as the only argument.",
        nameof(args)
    );
await EventLogSchema.MigrateAsync(connectionString, "shop", [ShopDbContext.Orders]);
await EventLogSchema.MigrateAsync(connectionString, "billing", [BillingDbContext.Invoices]);

var builder = Host.CreateApplicationBuilder();
builder.Services.AddEventLog(builder.Configuration, log =>
{
    log.Module<ShopDbContext>("shop", connectionString).Publishes<OrderPlacedV1>();
    log.Module<BillingDbContext>("billing", connectionString).Reacts<WriteInvoiceOnOrderPlaced>();
});
using var host = builder.Build();
await host.StartAsync();

await using (var scope = host.Services.CreateAsyncScope())
{
    var shop = scope.ServiceProvider.GetRequiredService<ShopDbContext>();
    Order order = new(Guid.CreateVersion7(), 1999);
    shop.Add(order);
    shop.Publish(new OrderPlacedV1(order.Id, order.TotalMinor));
    await shop.SaveChangesAsync(); // The order and its event commit together.
}

await host.WaitForShutdownAsync();
