using BuildingBlocks.Application;
using Orders.Contracts;
using Orders.Contracts.Commands;

namespace Orders.Domain;

/// <summary>
/// What a customer ordered, at the names and prices of that moment, and how far it has come. The PlaceOrder saga moves
/// it from <see cref="OrderStatus.Placed"/> to <see cref="OrderStatus.Confirmed"/> or
/// <see cref="OrderStatus.Cancelled"/>, Shipping from there to <see cref="OrderStatus.Delivered"/>.
/// </summary>
internal sealed class Order
{
    /// <summary>Lines an order may have.</summary>
    public const int MaxItems = 200;

    /// <summary>Pieces of one product an order may have.</summary>
    public const int MaxQuantity = 10_000;

    /// <summary>The most an order may cost, in the minor unit; still exact as a number in JSON.</summary>
    public const long MaxTotalMinor = 999_999_999_999_999;

    private readonly List<OrderItem> items = [];
    private readonly List<OrderStatusChange> history = [];

    private Order() { }

    public Guid Id { get; private set; }

    public Guid CustomerId { get; private set; }

    /// <summary>The account that may see and cancel it; null when only admins may.</summary>
    public Guid? CustomerUserId { get; private set; }

    public string CustomerName { get; private set; } = "";

    public string CustomerEmail { get; private set; } = "";

    /// <summary>ISO 3166-1 alpha-2 code.</summary>
    public string CustomerCountry { get; private set; } = "";

    /// <summary>ISO 4217 code, of every item.</summary>
    public string Currency { get; private set; } = "";

    /// <summary>In the currency's minor unit, taxes included; the sum of the items.</summary>
    public long TotalMinor { get; private set; }

    /// <summary>
    /// The gateway's single-use stand-in for a card; never logged. Empty when imported: it was paid elsewhere.
    /// </summary>
    public string PaymentToken { get; private set; } = "";

    public OrderStatus Status { get; private set; }

    /// <summary>For the customer to read; null unless cancelled.</summary>
    public string? CancelReason { get; private set; }

    /// <summary>
    /// When somebody called it off, UTC; null while nobody has. Its status tells what came of it: cancelled in the end,
    /// or shipped when the goods had left before Shipping heard of it.
    /// </summary>
    public DateTimeOffset? CancellationRequestedAt { get; private set; }

    public DateTimeOffset PlacedAt { get; private set; }

    public DateTimeOffset? ConfirmedAt { get; private set; }

    /// <summary>The account that sent the request, the customer's or an admin's; null for the system itself.</summary>
    public Guid? PlacedBy { get; private set; }

    /// <summary>What the sender called the request, or null; unique among the requests of one sender.</summary>
    public string? IdempotencyKey { get; private set; }

    /// <summary>Tells a repeated request from another one with the same key; null without a key.</summary>
    public string? RequestFingerprint { get; private set; }

    public IReadOnlyList<OrderItem> Items => items;

    public IReadOnlyList<OrderStatusChange> History => history;

    /// <summary>A new order, unless its customer, products, currency or total stand against it.</summary>
    /// <param name="currency">ISO 4217 code.</param>
    /// <param name="wanted">At least one, each product once.</param>
    /// <param name="paymentToken">The gateway's single-use stand-in for a card.</param>
    /// <param name="customer">Null when unknown.</param>
    /// <param name="products">Those known of the ones ordered, by SKU.</param>
    /// <param name="at">UTC.</param>
    public static Result<Order> Place(
        string currency,
        IReadOnlyList<OrderedQuantity> wanted,
        string paymentToken,
        Customer? customer,
        IReadOnlyDictionary<string, Product> products,
        DateTimeOffset at
    )
    {
        if (customer is null)
        {
            return OrderErrors.UnknownCustomer.At("customerId");
        }

        if (customer.Country is not { } country || !customer.HasAddress)
        {
            return OrderErrors.CustomerIncomplete.At("customerId");
        }

        Order order = new()
        {
            Id = Guid.CreateVersion7(at),
            CustomerId = customer.Id,
            CustomerUserId = customer.UserId,
            CustomerName = customer.Name,
            CustomerEmail = customer.Email,
            CustomerCountry = country,
            Currency = currency,
            PaymentToken = paymentToken,
            PlacedAt = at,
        };
        if (order.AddItems(wanted, products).Failed(out var refusal))
        {
            return refusal;
        }

        order.Reach(OrderStatus.Placed, at);
        return order;
    }

    /// <summary>An order of another system's past: what it had to be checked for was checked there.</summary>
    /// <param name="import">Its shape is valid.</param>
    public static Order Import(ImportedOrder import)
    {
        Order order = new()
        {
            Id = import.OrderId,
            CustomerId = import.CustomerId,
            CustomerName = import.CustomerName,
            CustomerEmail = import.CustomerEmail,
            CustomerCountry = import.CustomerCountry,
            Currency = import.Currency,
            TotalMinor = import.Lines.Sum(line => line.UnitPriceMinor * line.Quantity),
            PlacedAt = import.At,
        };
        order.items.AddRange(
            import.Lines.Select(
                (line, index) =>
                    new OrderItem(index + 1, line.Sku, line.ProductName, line.Quantity, line.UnitPriceMinor)
            )
        );
        order.Reach(OrderStatus.Placed, import.At);
        return order;
    }

    /// <summary>
    /// Remembers the request that placed it, so that the same request sent again gets the same answer.
    /// </summary>
    public void PlacedThrough(Guid? sender, string? idempotencyKey, string? fingerprint) =>
        (PlacedBy, IdempotencyKey, RequestFingerprint) = (sender, idempotencyKey, fingerprint);

    /// <summary>All its pieces are set aside.</summary>
    public void StockReserved(DateTimeOffset at) => Reach(OrderStatus.StockReserved, at);

    /// <summary>Its whole amount is charged.</summary>
    public void Paid(DateTimeOffset at) => Reach(OrderStatus.Paid, at);

    /// <summary>All is done that must precede shipping.</summary>
    public OrderConfirmedV2 Confirm(DateTimeOffset at)
    {
        Reach(OrderStatus.Confirmed, at);
        ConfirmedAt = at;
        return new(Id, CustomerId, CustomerName, CustomerEmail, CustomerCountry, Currency, TotalMinor, Lines(), at);
    }

    /// <summary>Its goods have left.</summary>
    /// <exception cref="InvalidOperationException">It is cancelled, or was never confirmed: goods left that should not
    /// have.</exception>
    public void Shipped(DateTimeOffset at) => GoOn(OrderStatus.Shipped, at);

    /// <summary>Its goods are with the customer.</summary>
    /// <exception cref="InvalidOperationException">It is cancelled, or was never confirmed: goods left that should not
    /// have.</exception>
    public void Delivered(DateTimeOffset at) => GoOn(OrderStatus.Delivered, at);

    /// <summary>Whether it can still be called off: not once it is on its way, nor twice.</summary>
    public Result MayBeCancelled() =>
        Status < OrderStatus.Shipped && CancellationRequestedAt is null ? Result.Done : OrderErrors.CannotCancel;

    /// <summary>Somebody called it off; the saga finds out whether that comes in time.</summary>
    public void CancellationRequested(DateTimeOffset at) => CancellationRequestedAt = at;

    /// <summary>It ends without goods; what it had is given back.</summary>
    /// <param name="reason">For the customer to read.</param>
    /// <param name="at">UTC.</param>
    public OrderCancelledV1 Cancel(string reason, DateTimeOffset at)
    {
        Reach(OrderStatus.Cancelled, at);
        CancelReason = reason;
        return new(
            Id,
            CustomerId,
            Currency,
            TotalMinor,
            Lines(),
            reason,
            ConfirmedAt,
            at,
            CustomerName,
            CustomerEmail,
            CustomerCountry
        );
    }

    /// <summary>The event that starts its saga.</summary>
    public OrderPlacedV1 ToPlacedV1() => new(Id, CustomerId, Currency, TotalMinor, Lines());

    /// <summary>Asks Inventory for its pieces.</summary>
    public OrderStockReservationRequestedV1 ToStockReservationRequestedV1() =>
        new(Id, [.. InOrder().Select(item => new OrderedQuantity(item.Sku, item.Quantity))]);

    /// <summary>Asks Payments for its amount.</summary>
    public OrderPaymentRequestedV1 ToPaymentRequestedV1() =>
        new(Id, CustomerUserId, TotalMinor, Currency, PaymentToken);

    private Result AddItems(IReadOnlyList<OrderedQuantity> wanted, IReadOnlyDictionary<string, Product> products)
    {
        Int128 total = 0;
        for (var i = 0; i < wanted.Count; i++)
        {
            var (sku, quantity) = wanted[i];
            if (!products.TryGetValue(sku, out var product) || product.Currency.Length == 0)
            {
                return OrderErrors.UnknownSku.At($"items[{i}].sku");
            }

            if (product.Discontinued)
            {
                return OrderErrors.ProductDiscontinued.At($"items[{i}].sku");
            }

            if (!string.Equals(product.Currency, Currency, StringComparison.Ordinal))
            {
                return OrderErrors.WrongCurrency(sku, product.Currency).At("currency");
            }

            items.Add(new(i + 1, sku, product.Name, quantity, product.PriceMinor));
            total += (Int128)product.PriceMinor * quantity;
        }

        if (total > MaxTotalMinor)
        {
            return OrderErrors.TotalTooLarge.At("items");
        }

        TotalMinor = (long)total;
        return Result.Done;
    }

    private void GoOn(OrderStatus status, DateTimeOffset at)
    {
        if (Status is < OrderStatus.Confirmed or OrderStatus.Cancelled)
        {
            throw new InvalidOperationException($"Order {Id} is {Status} and cannot become {status}.");
        }

        if (Status < status)
        {
            Reach(status, at);
        }
    }

    private void Reach(OrderStatus status, DateTimeOffset at)
    {
        Status = status;
        history.Add(new(status, at));
    }

    private List<OrderLine> Lines() =>
        [.. InOrder().Select(item => new OrderLine(item.Sku, item.ProductName, item.Quantity, item.UnitPriceMinor))];

    // The database gives rows in any order.
    private IEnumerable<OrderItem> InOrder() => items.OrderBy(item => item.Line);
}
