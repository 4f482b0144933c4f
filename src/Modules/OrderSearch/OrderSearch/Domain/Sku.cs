using System.Text.RegularExpressions;

namespace OrderSearch.Domain;

/// <summary>
/// How stock keeping units are written, as Catalog does: upper case, 1 to 40 characters of A-Z 0-9 . _ -
/// </summary>
internal static partial class Sku
{
    public const string Rule =
        "A SKU is 1 to 40 characters of A-Z, 0-9, '.', '_' and '-'. Leave it out to search all products.";

    public static string Normalize(string typed) => typed.Trim().ToUpperInvariant();

    public static bool IsValid(string typed) => Pattern().IsMatch(Normalize(typed));

    [GeneratedRegex(@"\A[A-Z0-9._-]{1,40}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
