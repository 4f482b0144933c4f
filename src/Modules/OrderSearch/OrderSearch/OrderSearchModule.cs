using BuildingBlocks.Modules;
using OrderSearch.Persistence;

namespace OrderSearch;

/// <summary>Keeps the read model in which orders are searched; see README.md.</summary>
public sealed class OrderSearchModule : Module
{
    /// <inheritdoc />
    public override string Name => "order_search";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) =>
        module
            .Database<OrderSearchDbContext>()
            .Projection()
            .References("order_search.order_id", "orders.order")
            .References("order_search.customer_id", "customers.customer")
            .References("order_search.customer_user_id", "users.account")
            .References("customers.id", "customers.customer")
            .References("customers.user_id", "users.account");
}
