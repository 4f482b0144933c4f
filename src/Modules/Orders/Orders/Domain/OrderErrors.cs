using BuildingBlocks.Application;

namespace Orders.Domain;

/// <summary>Why Orders refuses.</summary>
internal static class OrderErrors
{
    public static Error UnknownOrder { get; } =
        Error.NotFound(
            "orders.unknown-order",
            "There is no order with this id, or it is somebody else's. Take the id that placing the order answered."
        );

    public static Error UnknownCustomer { get; } =
        Error.Unprocessable(
            "orders.unknown-customer",
            "There is no customer with this id. Open one first, or take the id that opening it answered."
        );

    public static Error ForeignCustomer { get; } =
        Error.Forbidden(
            "orders.foreign-customer",
            "This customer belongs to another account. Order for a customer of your own."
        );

    public static Error CustomerIncomplete { get; } =
        Error.Unprocessable(
            "orders.customer-incomplete",
            "The customer has no country or no address yet. Add both to the customer, then order."
        );

    public static Error UnknownSku { get; } =
        Error.Unprocessable(
            "orders.unknown-sku",
            "There is no product with this SKU. Look it up in the catalog; upper and lower case count."
        );

    public static Error ProductDiscontinued { get; } =
        Error.Unprocessable("orders.product-discontinued", "This product is no longer sold. Leave it out.");

    public static Error TotalTooLarge { get; } =
        Error.Unprocessable(
            "orders.total-too-large",
            $"The order would cost more than {Order.MaxTotalMinor} minor units. Split it."
        );

    public static Error UnknownPaymentToken { get; } =
        Error.Unprocessable(
            "orders.unknown-payment-token",
            "The payment provider gives out no such tokens. Ask it for a token and send that."
        );

    public static Error InvalidIdempotencyKey { get; } =
        Error.Invalid(
            "orders.invalid-idempotency-key",
            "The header Idempotency-Key takes 1 to 200 visible ASCII characters, no spaces. Send such a key, or none."
        );

    public static Error IdempotencyKeyReused { get; } =
        Error.Conflict(
            "orders.idempotency-key-reused",
            "You sent a different order under this Idempotency-Key before. Repeat that one unchanged, or take a new "
                + "key."
        );

    public static Error CannotCancel { get; } =
        Error.Conflict(
            "orders.cannot-cancel",
            "The order is on its way, delivered, cancelled, or being cancelled already. Read it to see which."
        );

    public static Error WrongCurrency(string sku, string currency) =>
        Error.Unprocessable(
            "orders.wrong-currency",
            $"Product {sku} is sold in {currency}. Order in that currency, and products of other currencies separately."
        );
}
