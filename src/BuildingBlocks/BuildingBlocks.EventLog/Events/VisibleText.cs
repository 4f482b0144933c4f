using System.Globalization;
using System.Text;

namespace BuildingBlocks.EventLog.Events;

/// <summary>Tells text that says something from spaces and characters that are not drawn.</summary>
internal static class VisibleText
{
    // Letters and symbols by their category that are drawn as nothing: fillers of Hangul, and braille without dots. Of
    // what has no character yet, only what Unicode keeps for more of the kind is not seen.
    private static readonly HashSet<int> Fillers = [0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0];

    /// <summary>Whether there is nothing to be seen in it; true also when it is empty.</summary>
    public static bool IsBlank(ReadOnlySpan<char> text)
    {
        if (text is [> ' ' and <= '~', ..])
        {
            return false;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (IsSeen(rune))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether there are characters in it, more than white space, and yet none to be seen.</summary>
    public static bool IsInvisible(ReadOnlySpan<char> text) => IsBlank(text) && !text.IsWhiteSpace();

    private static bool IsSeen(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
            )
        && !Fillers.Contains(rune.Value)
        && rune.Value is not (0x2065 or (>= 0xFFF0 and <= 0xFFF8) or (>= 0xE0000 and <= 0xE0FFF));
}
