using System.Text.RegularExpressions;

namespace BuildingBlocks.Analyzers.Sql;

/// <summary>Tells SQL from prose in a string of which it is unknown what becomes of it.</summary>
internal static class SqlEvidence
{
    private const RegexOptions Options =
        RegexOptions.IgnoreCase
        | RegexOptions.CultureInvariant
        | RegexOptions.Singleline
        | RegexOptions.ExplicitCapture;

    /// <summary>
    /// A statement, from its first word on; English sentences begin with some of these words, but do not go on like
    /// this.
    /// </summary>
    private static readonly Regex Statement = new(
        """
        ^[\s(;]*(--[^\n]*\n\s*|/\*.*?\*/\s*)*
        (select\b.*\bfrom\s | select\s+([\w".]+\s*\(|(null|'[^']*'|\$?\w+)\s*::) | insert\s+into\s | delete\s+from\s | merge\s+into\s | update\s+(only\s+)?[\w".]+(\s+(as\s+)?\w+)?\s+set\s
          | with\s+(recursive\s+)?[\w"]+\s*(\([^)]*\)\s*)?as\s | truncate\s | table\s+[\w"]+\s*\.
          | (create|alter|drop)\s+(or\s+replace\s+|materialized\s+|unique\s+|temp\s+|temporary\s+|unlogged\s+|foreign\s+)*
            (table|view|index|schema|sequence|function|procedure|trigger|type|policy|rule|role|domain|aggregate)\s
          | (grant|revoke)\s.*\bon\s | comment\s+on\s | lock\s+table\s | lock\s+\S+\s+in\s+\w+\s | copy\s+[\w"]+\s*\. | call\s+[\w"]+\s*\. | refresh\s+materialized\s | explain\s | do\s+(language\s+\w+\s+)?(\$|'|e'|u&')
          | set\s+(local\s+|session\s+)?(search_path|schema|role|session\s+authorization)\b | prepare\s+\w+.*\bas\s | declare\s+\w+.*\bcursor\b | copy\s*\(
          | (begin|start\s+transaction)\b[^;]*;\s*\w+\s)
        """,
        Options | RegexOptions.IgnorePatternWhitespace,
        TimeSpan.FromSeconds(1)
    );

    /// <summary>A clause out of a statement that is put together from several strings.</summary>
    private static readonly Regex Clause = new(
        """
        ^\s*
        (from\s+[\w"]+\s*\.\s*[\w"]+ | ((left|right|full|inner|cross|outer)\s+)*join\s+(lateral\s+)?[\w"]+\s*\.\s*[\w"]+
          | ,\s*[\w"]+\s*\.\s*[\w"]+\s+(as\s+)?\w+\s+where\s | (exists|in|any|union|union\s+all|except|intersect)\s*\(?\s*select\s.*\bfrom\s)
        """,
        Options | RegexOptions.IgnorePatternWhitespace,
        TimeSpan.FromSeconds(1)
    );

    /// <summary>Names of files look like qualified names.</summary>
    private static readonly Regex FileEnding = new(
        "^(csv|json|xml|txt|md|sql|cs|yml|yaml|log|html|zip|dll)$",
        Options,
        TimeSpan.FromSeconds(1)
    );

    /// <summary>Whether it is a statement or a clause.</summary>
    public static bool IsSql(string text) => IsStatement(text) || Matches(Clause, text);

    /// <summary>Whether it is a whole statement.</summary>
    public static bool IsStatement(string text) => Matches(Statement, text);

    public static bool IsFile(string lastName) => FileEnding.IsMatch(lastName);

    private static bool Matches(Regex form, string text)
    {
        try
        {
            return form.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return true;
        }
    }
}
