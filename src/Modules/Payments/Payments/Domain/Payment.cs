using BuildingBlocks.Contracts;
using Orders.Contracts;
using Payments.Contracts;

namespace Payments.Domain;

/// <summary>
/// The one payment of an order. Whoever changes it publishes the events it returns in the same transaction: a payment
/// request is answered by payment.captured or payment.declined, a refund request by payment.refunded, each once.
/// </summary>
internal sealed class Payment
{
    /// <summary>ISO 4217 for "no currency": of a payment that was called off before it was asked for.</summary>
    private const string NoCurrency = "XXX";

    private const string Unreachable = "payment provider not reachable";

    private Payment() { }

    /// <summary>Also the idempotency key of every call to the gateway about it.</summary>
    public Guid Id { get; private set; }

    /// <summary>Of Orders; one payment each.</summary>
    public Guid OrderId { get; private set; }

    /// <summary>The account that may see it, of Users; null when only admins may.</summary>
    public Guid? CustomerUserId { get; private set; }

    /// <summary>In the currency's minor unit.</summary>
    public long AmountMinor { get; private set; }

    /// <summary>ISO 4217 code.</summary>
    public string Currency { get; private set; } = NoCurrency;

    /// <summary>
    /// The gateway's single-use stand-in for a card; never logged, and forgotten once nothing can be charged any more.
    /// </summary>
    public string? PaymentToken { get; private set; }

    public PaymentStatus Status { get; private set; }

    /// <summary>For the customer to read; null unless declined.</summary>
    public string? DeclineReason { get; private set; }

    /// <summary>
    /// True once charging was given up because the gateway could not be reached; it is void as soon as the gateway
    /// confirms that.
    /// </summary>
    public bool GaveUp { get; private set; }

    /// <summary>Calls to the gateway begun.</summary>
    public int Attempts { get; private set; }

    /// <summary>Calls of the present sort that failed in a row.</summary>
    public int Failures { get; private set; }

    /// <summary>When the gateway is to be called next; null when there is nothing to ask of it.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    /// <summary>Until when a Host is at it; null when none is.</summary>
    public DateTimeOffset? LeaseUntil { get; private set; }

    public DateTimeOffset RequestedAt { get; private set; }

    /// <summary>Null unless a refund was requested.</summary>
    public Refund? Refund { get; private set; }

    /// <summary>What the events about it are tied to.</summary>
    public PaymentOrigin Origin
    {
        get => new(CorrelationId, CausationId, TraceParent);
        private set => (CorrelationId, CausationId, TraceParent) = value;
    }

    /// <summary>What to ask of the gateway next.</summary>
    public GatewayCall NextCall =>
        Status switch
        {
            PaymentStatus.Pending when GaveUp || Refund is not null => GatewayCall.Void,
            PaymentStatus.Pending => GatewayCall.Charge,
            _ => GatewayCall.Refund,
        };

    /// <summary>True for what only stands here because an order was called off before it asked to be paid.</summary>
    public bool WasNeverAskedFor => string.Equals(Currency, NoCurrency, StringComparison.Ordinal);

    private string CorrelationId { get; set; } = "";

    private string CausationId { get; set; } = "";

    private string? TraceParent { get; set; }

    private bool RefundIsOpen => Refund is { RefundedAt: null };

    /// <summary>An order wants to be paid; the gateway is asked later, outside of this transaction.</summary>
    public static Payment For(OrderPaymentRequestedV1 requested, PaymentOrigin origin, DateTimeOffset at) =>
        new()
        {
            Id = Guid.CreateVersion7(at),
            OrderId = requested.OrderId,
            CustomerUserId = requested.CustomerUserId,
            AmountMinor = requested.AmountMinor,
            Currency = requested.Currency,
            PaymentToken = requested.PaymentToken,
            RequestedAt = at,
            DueAt = at,
            Origin = origin,
        };

    /// <summary>
    /// An order was called off before it asked to be paid; keeps a later payment request from being charged.
    /// </summary>
    public static Payment CalledOff(Guid orderId, PaymentOrigin origin, DateTimeOffset at) =>
        new()
        {
            Id = Guid.CreateVersion7(at),
            OrderId = orderId,
            RequestedAt = at,
            Origin = origin,
        };

    /// <summary>The payment request came although the order had been called off.</summary>
    public PaymentDeclinedV1 RequestedTooLate() => new(Id, OrderId, "the order was called off before it was paid");

    /// <summary>Nothing may stay charged for the order, nor be charged later.</summary>
    /// <returns>The answer, if it can be given without the gateway.</returns>
    public IReadOnlyList<IIntegrationEvent> RequestRefund(string reason, PaymentOrigin origin, DateTimeOffset at)
    {
        if (Refund is not null)
        {
            return [];
        }

        (Refund, Origin) = (new(reason, at), origin);
        if (Status is PaymentStatus.Pending && Attempts == 0)
        {
            // The gateway has never heard of it.
            Status = PaymentStatus.Voided;
        }

        if (Status is PaymentStatus.Voided or PaymentStatus.Declined)
        {
            return [Settle(refundedMinor: 0, at)];
        }

        // The next question is another one; a Host that is at the gateway just now finishes first, for it holds the
        // lease.
        (DueAt, Failures) = (at, 0);
        return [];
    }

    /// <summary>A Host is about to call the gateway; nobody else does until the lease ends.</summary>
    public PaymentAttempt Begin(DateTimeOffset at, TimeSpan lease)
    {
        LeaseUntil = at + lease;
        Attempts++;
        return new(Id, Attempts, NextCall, at);
    }

    /// <summary>The gateway says that the amount is charged.</summary>
    public IReadOnlyList<IIntegrationEvent> Captured(DateTimeOffset at)
    {
        (Status, GaveUp) = (PaymentStatus.Captured, false);
        Rest(RefundIsOpen ? at : null);
        return [new PaymentCapturedV1(Id, OrderId, AmountMinor, Currency, at)];
    }

    /// <summary>The gateway says that it will not charge.</summary>
    public IReadOnlyList<IIntegrationEvent> Declined(string reason, DateTimeOffset at)
    {
        (Status, DeclineReason) = (PaymentStatus.Declined, reason);
        Rest(dueAt: null);
        PaymentDeclinedV1 declined = new(Id, OrderId, reason);
        return RefundIsOpen ? [declined, Settle(refundedMinor: 0, at)] : [declined];
    }

    /// <summary>The gateway says that nothing is charged, and promises that nothing will be.</summary>
    public IReadOnlyList<IIntegrationEvent> Voided(DateTimeOffset at)
    {
        if (!RefundIsOpen)
        {
            return Declined(Unreachable, at);
        }

        Status = PaymentStatus.Voided;
        return [Settle(refundedMinor: 0, at)];
    }

    /// <summary>The gateway says that it gave the money back.</summary>
    public IReadOnlyList<IIntegrationEvent> Refunded(long amountMinor, DateTimeOffset at)
    {
        Status = PaymentStatus.Refunded;
        return [Settle(amountMinor, at)];
    }

    /// <summary>The gateway did not answer, so what it did is unknown; it is asked again later.</summary>
    public void Failed(DateTimeOffset at, PaymentsOptions options)
    {
        Failures++;
        if (NextCall is GatewayCall.Charge && Failures >= options.MaxFailedCharges)
        {
            // Declined only once the gateway has confirmed that nothing was charged.
            GaveUp = true;
            Rest(at);
            return;
        }

        (DueAt, LeaseUntil) = (at + RetryPause.After(Failures, options), null);
    }

    private PaymentRefundedV1 Settle(long refundedMinor, DateTimeOffset at)
    {
        Refund!.Settle(refundedMinor, at);
        Rest(dueAt: null);
        return new(Id, OrderId, refundedMinor, Currency, at);
    }

    private void Rest(DateTimeOffset? dueAt)
    {
        (DueAt, LeaseUntil, Failures) = (dueAt, null, 0);
        if (Status is not PaymentStatus.Pending)
        {
            PaymentToken = null;
        }
    }
}

/// <summary>What asked for the work: ties the events that answer it to the request that began everything.</summary>
/// <param name="CausationId">The id of the event that asked.</param>
/// <param name="TraceParent">W3C trace context, or null.</param>
internal sealed record PaymentOrigin(string CorrelationId, string CausationId, string? TraceParent);
