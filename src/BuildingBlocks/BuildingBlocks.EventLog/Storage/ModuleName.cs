using System.Text.RegularExpressions;

namespace BuildingBlocks.EventLog.Storage;

/// <summary>What a module, and so its schema, may be called.</summary>
internal static partial class ModuleName
{
    /// <summary>The rule, for people; goes on a sentence about a name.</summary>
    public const string Rule = "1 to 30 lower-case letters, digits and underscores, beginning with a letter";

    public static bool IsValid(string name) => Valid().IsMatch(name);

    [GeneratedRegex("^[a-z][a-z0-9_]{0,29}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Valid();
}
