using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Orders.Domain;

namespace Orders.Persistence;

/// <summary>How an order lies in orders, order_items and order_status_history.</summary>
internal sealed class OrderConfiguration : IEntityTypeConfiguration<Order>
{
    /// <summary>Statuses lie in the database as they are spelled over HTTP.</summary>
    private static readonly ValueConverter<OrderStatus, string> StatusAsText = new(
        status => JsonNamingPolicy.CamelCase.ConvertName(status.ToString()),
        text => Enum.Parse<OrderStatus>(text, true)
    );

    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<Order> builder)
    {
        builder.ToTable("orders");
        builder.Property(order => order.Id).ValueGeneratedNever();
        builder.Property(order => order.Status).HasConversion(StatusAsText);
        builder.OwnsMany(
            order => order.Items,
            items =>
            {
                items.ToTable("order_items");
                items.WithOwner().HasForeignKey("OrderId");
                items.HasKey("OrderId", nameof(OrderItem.Line));
                items.Property(item => item.Line).ValueGeneratedNever();
            }
        );
        builder.OwnsMany(
            order => order.History,
            history =>
            {
                history.ToTable("order_status_history");
                history.WithOwner().HasForeignKey("OrderId");
                history.HasKey("OrderId", nameof(OrderStatusChange.Status));
                history.Property(change => change.Status).HasConversion(StatusAsText).ValueGeneratedNever();
            }
        );
        builder.Navigation(order => order.Items).UsePropertyAccessMode(PropertyAccessMode.Field);
        builder.Navigation(order => order.History).UsePropertyAccessMode(PropertyAccessMode.Field);
    }
}

/// <summary>How the copy of a customer lies in customers.</summary>
internal sealed class CustomerConfiguration : IEntityTypeConfiguration<Customer>
{
    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<Customer> builder)
    {
        builder.ToTable("customers");
        builder.Property(customer => customer.Id).ValueGeneratedNever();
    }
}

/// <summary>How the copy of a product lies in products.</summary>
internal sealed class ProductConfiguration : IEntityTypeConfiguration<Product>
{
    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<Product> builder)
    {
        builder.ToTable("products");
        builder.HasKey(product => product.Sku);
    }
}
