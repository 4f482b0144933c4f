using System.Text.RegularExpressions;

namespace Catalog.Domain;

/// <summary>How currencies are written: three capital letters, as ISO 4217 does.</summary>
internal static partial class Currency
{
    public const string Rule = "A currency is an ISO 4217 code of three capital letters, such as EUR.";

    public static bool IsValid(string code) => Pattern().IsMatch(code);

    [GeneratedRegex(@"\A[A-Z]{3}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
