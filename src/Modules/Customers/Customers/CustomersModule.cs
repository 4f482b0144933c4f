using BuildingBlocks.Modules;
using Customers.Domain;
using Customers.Persistence;

namespace Customers;

/// <summary>Owns who buys and where their goods go; see README.md.</summary>
public sealed class CustomersModule : Module
{
    /// <inheritdoc />
    public override string Name => "customers";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) =>
        module
            .Database<CustomersDbContext>()
            .Identifies("customer", "customers.id")
            .References("customers.user_id", "users.account")
            .Refuses("customers_pkey", CustomerErrors.IdTaken);
}
