using Analytics.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Analytics.Persistence;

/// <summary>How sums, bookings and activity lie in their tables.</summary>
internal sealed class AnalyticsConfiguration
    : IEntityTypeConfiguration<CountryRevenue>,
        IEntityTypeConfiguration<ProductRevenue>,
        IEntityTypeConfiguration<Booking>,
        IEntityTypeConfiguration<Customer>,
        IEntityTypeConfiguration<Activity>
{
    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<CountryRevenue> builder)
    {
        builder.ToTable("revenue_by_country");
        builder.HasKey(sum => new
        {
            sum.Day,
            sum.Currency,
            sum.Country,
            sum.Entry,
        });
    }

    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<ProductRevenue> builder)
    {
        builder.ToTable("revenue_by_product");
        builder.HasKey(sum => new
        {
            sum.Day,
            sum.Currency,
            sum.Sku,
            sum.Entry,
        });
    }

    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<Booking> builder)
    {
        builder.ToTable("bookings");
        builder.HasKey(booking => new { booking.OrderId, booking.Entry });
    }

    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<Customer> builder)
    {
        builder.ToTable("customers");
        builder.Property(customer => customer.Id).ValueGeneratedNever();
    }

    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<Activity> builder)
    {
        builder.ToTable("activity");
        builder.HasKey(activity => activity.EventId);
        builder.Property(activity => activity.EventId).ValueGeneratedNever();
    }
}
