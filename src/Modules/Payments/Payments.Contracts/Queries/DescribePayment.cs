using BuildingBlocks.Contracts;

namespace Payments.Contracts.Queries;

/// <summary>
/// Asks what was charged for an order and given back. Nothing is answered for one that has not asked to be paid.
/// </summary>
/// <param name="OrderId">Of Orders.</param>
public sealed record DescribePayment(Guid OrderId) : IModuleQuery<PaymentDescription>;

/// <summary>An order's payment as Payments knows it at the moment of asking.</summary>
/// <param name="PaymentId">Made by Payments.</param>
/// <param name="CustomerUserId">The account that may see the payment, of Users; null when only admins may.</param>
/// <param name="Status">pending, captured, declined, refunded or voided.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="AmountMinor">In the currency's minor unit, taxes included.</param>
/// <param name="RefundedMinor">What of it was given back.</param>
/// <param name="DeclineReason">For the customer to read; null unless declined.</param>
public sealed record PaymentDescription(
    Guid PaymentId,
    Guid? CustomerUserId,
    string Status,
    string Currency,
    long AmountMinor,
    long RefundedMinor,
    string? DeclineReason
);
