using System.Text.RegularExpressions;

namespace OnlineRetail;

/// <summary>
/// The stock keeping units of stock codes: upper case, because the file writes 112 codes in two cases and both always
/// mean the same goods; what a SKU cannot hold, such as the blank of BANK CHARGES, becomes a hyphen, unless that is
/// another code already.
/// </summary>
internal sealed partial class OnlineRetailSkus
{
    private readonly Dictionary<string, string> codes = new(StringComparer.Ordinal);

    /// <summary>The SKU, or why there is none.</summary>
    public (string Sku, RejectReason? Refused) Of(string stockCode)
    {
        var code = stockCode.Trim().ToUpperInvariant();
        var sku = Foreign().Replace(code, "-");
        if (sku.Length is 0 or > 40 || code is "." or "..")
        {
            return ("", RejectReason.StockCode);
        }

        if (!codes.TryGetValue(sku, out var first))
        {
            codes.Add(sku, first = code);
        }

        return string.Equals(first, code, StringComparison.Ordinal) ? (sku, null) : ("", RejectReason.StockCodeClash);
    }

    [GeneratedRegex("[^A-Z0-9._-]", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Foreign();
}
