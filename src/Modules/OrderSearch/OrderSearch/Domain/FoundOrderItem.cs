using System.Text.Json;

namespace OrderSearch.Domain;

/// <summary>One product of an order, as it lies in the database and as a search answers it.</summary>
/// <param name="ProductName">As it was called when the order was placed.</param>
/// <param name="UnitPriceMinor">For one piece, as it cost when the order was placed.</param>
internal sealed record FoundOrderItem(string Sku, string ProductName, int Quantity, long UnitPriceMinor)
{
    /// <summary>How items lie in the database.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);
}
