namespace Orders.Domain;

/// <summary>One product of an order, named and priced as it was when the order was placed.</summary>
/// <param name="Line">1 for the first, in the order the customer named them.</param>
/// <param name="UnitPriceMinor">For one piece, in the minor unit of the order's currency, taxes included.</param>
internal sealed record OrderItem(int Line, string Sku, string ProductName, int Quantity, long UnitPriceMinor);
