using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace BuildingBlocks.Analyzers.Sql;

/// <summary>What PostgreSQL makes of characters that are spelled by number.</summary>
internal static class SqlEscapes
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private static readonly Regex Uescape = new(
        @"\G\s*uescape\s*'(?<escape>.)'",
        Options | RegexOptions.IgnoreCase,
        TimeSpan.FromSeconds(1)
    );

    private static readonly Regex Escape = new(
        @"\\(x(?<hex>[0-9A-Fa-f]{1,2})|u(?<hex>[0-9A-Fa-f]{4})|U(?<hex>[0-9A-Fa-f]{8})"
            + @"|(?<octal>[0-7]{1,3})|(?<other>.))",
        Options | RegexOptions.Singleline,
        TimeSpan.FromSeconds(1)
    );

    /// <summary>The character that begins an escape: UESCAPE behind the quote names it.</summary>
    public static char UescapeAfter(string text, ref int end)
    {
        if (Uescape.Match(text, end) is not { Success: true } named)
        {
            return '\\';
        }

        end += named.Length;
        return named.Groups["escape"].Value[0];
    }

    /// <summary>Of U&amp;"..." and U&amp;'...': four digits, or six behind a plus.</summary>
    public static string Unicode(string text, char escape)
    {
        StringBuilder read = new();
        for (var i = 0; i < text.Length; i++)
        {
            var isLong = i + 1 < text.Length && text[i + 1] == '+';
            var (first, digits) = isLong ? (i + 2, 6) : (i + 1, 4);
            if (
                text[i] != escape
                || first + digits > text.Length
                || !TryRead(text.Substring(first, digits), out var character)
            )
            {
                read.Append(text[i]);
                continue;
            }

            read.Append(character);
            i = first + digits - 1;
        }

        return read.ToString();
    }

    /// <summary>
    /// Of E'...': the letters and digits that are spelled by number, and whatever else a backslash stands before.
    /// </summary>
    public static string Backslash(string text) => Escape.Replace(text, escape => escape.Groups["hex"]
                is { Success: true } hex
            && TryRead(hex.Value, out var character)
                ? character
            : escape.Groups["octal"] is { Success: true } octal ? ((char)Convert.ToInt32(octal.Value, 8)).ToString()
            : escape.Groups["other"] is { Success: true } other ? other.Value
            : escape.Value);

    private static bool TryRead(string digits, out string character)
    {
        character = "";
        if (
            !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            || number is < 0 or > 0x10FFFF or (>= 0xD800 and <= 0xDFFF)
        )
        {
            return false;
        }

        character = char.ConvertFromUtf32(number);
        return true;
    }
}
