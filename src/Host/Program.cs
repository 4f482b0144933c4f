using Analytics;
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
using Orders;
using OrderSearch;
using Payments;
using Shipping;
using Users;

return await CommandLine.ExecuteAsync(args, Compose);

static WebApplication Compose(string[] settings)
{
    var builder = Installation.CreateBuilder(settings);

    // First, so that it ends last and hears of everything.
    builder.AddTelemetry();

    // One line a module. Demo data is loaded in this order.
    builder.Services.AddModules(builder.Configuration, modules => modules
        .Add<UsersModule>()
        .Add<CustomersModule>()
        .Add<CatalogModule>()
        .Add<InventoryModule>()
        .Add<OrdersModule>()
        .Add<PaymentsModule>()
        .Add<ShippingModule>()
        .Add<ContentModule>()
        .Add<OrderSearchModule>()
        .Add<AnalyticsModule>());
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
    app.MapOperations();
    app.MapHealth();
    app.MapApiDescription();
    return app;
}
