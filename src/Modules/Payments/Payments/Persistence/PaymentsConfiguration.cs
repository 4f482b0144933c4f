using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Payments.Domain;
using Payments.Gateway;

namespace Payments.Persistence;

/// <summary>Maps Payment to payments and refunds.</summary>
internal sealed class PaymentConfiguration : IEntityTypeConfiguration<Payment>
{
    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<Payment> builder)
    {
        builder.ToTable("payments");
        builder.Property(payment => payment.Id).ValueGeneratedNever();
        builder.Property(payment => payment.Status).HasConversion(LowerCase<PaymentStatus>.Converter);
        builder.Ignore(payment => payment.Origin);
        builder.Property("CorrelationId");
        builder.Property("CausationId");
        builder.Property("TraceParent");
        builder.OwnsOne(
            payment => payment.Refund,
            refund =>
            {
                refund.ToTable("refunds");
                refund.WithOwner().HasForeignKey("PaymentId");
                refund.HasKey("PaymentId");
            }
        );
    }
}

/// <summary>How an attempt lies in payment_attempts.</summary>
internal sealed class PaymentAttemptConfiguration : IEntityTypeConfiguration<PaymentAttempt>
{
    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<PaymentAttempt> builder)
    {
        builder.ToTable("payment_attempts");
        builder.HasKey(attempt => new { attempt.PaymentId, attempt.Number });
        builder.Property(attempt => attempt.Number).ValueGeneratedNever();
        builder.Property(attempt => attempt.Call).HasConversion(LowerCase<GatewayCall>.Converter);
    }
}

/// <summary>How the simulated gateway's books lie in simulated_gateway_charges.</summary>
internal sealed class SimulatedGatewayChargeConfiguration : IEntityTypeConfiguration<SimulatedGatewayCharge>
{
    /// <inheritdoc />
    public void Configure(EntityTypeBuilder<SimulatedGatewayCharge> builder)
    {
        builder.ToTable("simulated_gateway_charges");
        builder.HasKey(charge => charge.Key);
        builder.Property(charge => charge.Key).ValueGeneratedNever();
    }
}

/// <summary>Names of one word lie in the database in lower case.</summary>
internal static class LowerCase<TEnum>
    where TEnum : struct, Enum
{
    public static readonly ValueConverter<TEnum, string> Converter = new(
        value => value.ToString().ToLowerInvariant(),
        text => Enum.Parse<TEnum>(text, true)
    );
}
