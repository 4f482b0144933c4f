using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Shipping.Domain;

namespace Shipping.Persistence;

/// <summary>Maps Shipment to shipments and shipment_items.</summary>
internal sealed class ShipmentConfiguration : IEntityTypeConfiguration<Shipment>
{
    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<Shipment> builder)
    {
        builder.ToTable("shipments");
        builder.Property(shipment => shipment.Id).ValueGeneratedNever();
        builder
            .Property(shipment => shipment.Status)
            .HasConversion(
                status => status.ToString().ToLowerInvariant(),
                text => Enum.Parse<ShipmentStatus>(text, true)
            );
        builder.Ignore(shipment => shipment.Label);
        foreach (var part in new[] { "RecipientName", "Street", "City", "PostalCode", "Country" })
        {
            builder.Property<string?>(part);
        }

        builder.OwnsMany(
            shipment => shipment.Items,
            items =>
            {
                items.ToTable("shipment_items");
                items.WithOwner().HasForeignKey("ShipmentId");
                items.HasKey("ShipmentId", nameof(ShipmentItem.Line));
                items.Property(item => item.Line).ValueGeneratedNever();
            }
        );
        builder.Navigation(shipment => shipment.Items).UsePropertyAccessMode(PropertyAccessMode.Field);
    }
}

/// <summary>How the copy of a customer lies in customer_addresses.</summary>
internal sealed class CustomerAddressConfiguration : IEntityTypeConfiguration<CustomerAddress>
{
    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<CustomerAddress> builder)
    {
        builder.ToTable("customer_addresses");
        builder.HasKey(customer => customer.CustomerId);
        builder.Property(customer => customer.CustomerId).ValueGeneratedNever();
    }
}
