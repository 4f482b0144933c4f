using Analytics;
using BuildingBlocks.Feeds;
using BuildingBlocks.Modules;
using BuildingBlocks.Web;
using Catalog;
using Content;
using Customers;
using Host.Composition;
using Host.Health;
using Host.Http;
using Host.OpenApi;
using Host.Operations;
using Host.Reference;
using Host.Startup;
using Host.Telemetry;
using Inventory;
using Notifications;
using OnlineRetail;
using Orders;
using OrderSearch;
using Payments;
using Shipping;
using Users;

CommandLine commands = new(Compose);
commands.AddImport(OnlineRetailCommand.Create(), OnlineRetailCommand.RunAsync);
return await commands.ExecuteAsync(args);

static WebApplication Compose(string[] settings)
{
    var builder = Installation.CreateBuilder(settings);

    // First, so that it is disposed last and exports what the others record.
    builder.AddTelemetry();

    // One line a module. Demo data is loaded in this order.
    builder.Services.AddModules(builder.Configuration, modules =>
    {
        modules.Add<UsersModule>();
        modules.Add<CustomersModule>();
        modules.Add<CatalogModule>();
        modules.Add<InventoryModule>();
        modules.Add<OrdersModule>();
        modules.Add<PaymentsModule>();
        modules.Add<ShippingModule>();
        modules.Add<NotificationsModule>();
        modules.Add<ContentModule>();
        modules.Add<OrderSearchModule>();
        modules.Add<AnalyticsModule>();
    });
    builder.Services.AddSingleton(_ => new ModuleFiles(Installation.ModuleFolder(builder.Configuration)));
    builder.Services.AddHostedService<DemoData>();

    builder.Services.AddWebRequests();
    builder.AddHttpLimits();
    builder.AddRateLimits();
    builder.AddApiDescription();
    builder.AddModuleHealth();
    builder.AddComposition();
    builder.AddOperations();

    var app = builder.Build();

    app.UseHttp();
    app.MapModules();
    app.MapComposition();
    app.MapReference();
    app.MapFeeds();
    app.MapOperations();
    app.MapHealth();
    app.MapApiDescription();
    return app;
}
