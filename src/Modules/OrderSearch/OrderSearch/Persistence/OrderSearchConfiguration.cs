using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSearch.Domain;

namespace OrderSearch.Persistence;

/// <summary>Maps SearchedOrder to order_search.</summary>
internal sealed class SearchedOrderConfiguration : IEntityTypeConfiguration<SearchedOrder>
{
    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<SearchedOrder> builder)
    {
        builder.ToTable("order_search");
        builder.HasKey(order => order.OrderId);
        builder.Property(order => order.Items).HasColumnType("jsonb");
        builder
            .Property(order => order.Status)
            .HasConversion(status => status.ToString().ToLowerInvariant(), text => Enum.Parse<OrderStatus>(text, true));
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
