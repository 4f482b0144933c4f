using Analytics;
using BuildingBlocks.Modules;
using Catalog;
using Content;
using Customers;
using Inventory;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orders;
using OrderSearch;
using Payments;
using Shipping;
using Users;

namespace Reliability;

/// <summary>The modules of the Host, to know who subscribes to what.</summary>
internal static class Composition
{
    public static ModuleCatalog Catalog() => AddTo(new ServiceCollection());

    public static ModuleCatalog AddTo(IServiceCollection services) => services.AddModules(new ConfigurationBuilder().Build(), modules => modules
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
}
