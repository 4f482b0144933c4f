namespace Inventory.Domain;

/// <summary>Stock keeping units are Catalog's; here they are only brought into the form in which Catalog announces them.</summary>
internal static class Sku
{
    public static string Normalize(string typed) => typed.Trim().ToUpperInvariant();
}
