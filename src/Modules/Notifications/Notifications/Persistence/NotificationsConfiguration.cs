using BuildingBlocks.EventLog.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Notifications.Domain;

namespace Notifications.Persistence;

/// <summary>Maps SentMail to mails.</summary>
internal sealed class SentMailConfiguration : IEntityTypeConfiguration<SentMail>
{
    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<SentMail> builder)
    {
        builder.ToTable("mails");
        builder.HasKey(mail => mail.EventId);
        builder.Property(mail => mail.EventId).ValueGeneratedNever();
        builder
            .Property(mail => mail.Kind)
            .HasConversion(kind => kind.ToString().ToLowerInvariant(), text => Enum.Parse<MailKind>(text, true));
        builder.HasIndex(mail => new
        {
            mail.OrderId,
            mail.SentAt,
            mail.EventId,
        });
        builder.NeedsNoConcurrencyToken("Mails are only ever added.");
    }
}

/// <summary>Maps KnownOrder to orders.</summary>
internal sealed class KnownOrderConfiguration : IEntityTypeConfiguration<KnownOrder>
{
    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<KnownOrder> builder)
    {
        builder.ToTable("orders");
        builder.HasKey(order => order.OrderId);
        builder.Property(order => order.OrderId).ValueGeneratedNever();
    }
}

/// <summary>Maps KnownCustomer to customers.</summary>
internal sealed class KnownCustomerConfiguration : IEntityTypeConfiguration<KnownCustomer>
{
    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<KnownCustomer> builder)
    {
        builder.ToTable("customers");
        builder.HasKey(customer => customer.CustomerId);
        builder.Property(customer => customer.CustomerId).ValueGeneratedNever();
    }
}
