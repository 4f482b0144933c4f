using System.Text.RegularExpressions;

namespace Catalog.Domain;

/// <summary>
/// How stock keeping units are written here: upper case, without blanks around them, 1 to 40 characters of A-Z 0-9 . _
/// -
/// </summary>
internal static partial class Sku
{
    public const string Rule = "A SKU is 1 to 40 characters of A-Z, 0-9, '.', '_' and '-'.";

    public static string Normalize(string typed) => typed.Trim().ToUpperInvariant();

    public static bool IsValid(string typed) => Pattern().IsMatch(Normalize(typed));

    // A path segment of dots only is not what a URL says it is, so such a product could never be addressed.
    [GeneratedRegex(
        @"\A(?!\.{1,2}\z)[A-Z0-9._-]{1,40}\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Pattern();
}
