using System.Text.RegularExpressions;

namespace Inventory.Domain;

/// <summary>
/// Stock keeping units are Catalog's; here they are brought into the form in which Catalog announces them.
/// </summary>
internal static partial class Sku
{
    public const string Rule = "A SKU is 1 to 40 characters of A-Z, 0-9, '.', '_' and '-'.";

    public static string Normalize(string typed) => typed.Trim().ToUpperInvariant();

    public static bool IsValid(string typed) => Pattern().IsMatch(Normalize(typed));

    [GeneratedRegex(@"\A[A-Z0-9._-]{1,40}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
