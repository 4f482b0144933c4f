using System.Text.RegularExpressions;

namespace Inventory.Domain;

/// <summary>A place where stock lies; it comes into being when stock is first counted there.</summary>
internal sealed partial class Warehouse
{
    /// <summary>Where every product has a stock level, from the moment it is sold.</summary>
    public const string Main = "MAIN";

    public const string CodeRule = "A warehouse's code is 1 to 20 characters of A-Z, 0-9 and '-'.";

    private Warehouse() { }

    public string Code { get; private set; } = "";

    public static string NormalizeCode(string typed) => typed.Trim().ToUpperInvariant();

    public static bool IsCode(string typed) => Pattern().IsMatch(NormalizeCode(typed));

    [GeneratedRegex(@"\A[A-Z0-9-]{1,20}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
