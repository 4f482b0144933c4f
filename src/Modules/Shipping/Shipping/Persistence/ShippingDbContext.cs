using BuildingBlocks.EventLog.Publishing;
using Microsoft.EntityFrameworkCore;
using Shipping.Domain;

namespace Shipping.Persistence;

/// <summary>The DbContext of the Shipping schema.</summary>
internal sealed class ShippingDbContext(DbContextOptions<ShippingDbContext> options)
    : ModuleDbContext(options, "shipping")
{
    public DbSet<Shipment> Shipments => Set<Shipment>();

    public DbSet<CustomerAddress> CustomerAddresses => Set<CustomerAddress>();

    /// <summary>An order's shipment; null while there is none.</summary>
    public Task<Shipment?> ShipmentOf(Guid orderId, CancellationToken cancellationToken) =>
        Shipments.SingleOrDefaultAsync(shipment => shipment.OrderId == orderId, cancellationToken);

    /// <summary>The copy of a customer; null when we have not heard of them.</summary>
    public async ValueTask<CustomerAddress?> AddressOf(Guid? customerId, CancellationToken cancellationToken) =>
        customerId is { } id ? await CustomerAddresses.FindAsync([id], cancellationToken) : null;

    /// <summary>The copy of a customer; made when this is the first we hear of them.</summary>
    public async ValueTask<CustomerAddress> CopyOfCustomer(Guid customerId, CancellationToken cancellationToken) =>
        await AddressOf(customerId, cancellationToken) ?? CustomerAddresses.Add(new(customerId)).Entity;
}
