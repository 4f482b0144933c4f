using System.Buffers;
using System.Text;

namespace BuildingBlocks.EventLog.Storage;

/// <summary>
/// Tells text that PostgreSQL can store from what it refuses: NUL characters and halves of surrogate pairs.
/// </summary>
internal static class StorableText
{
    private const char Replacement = '\uFFFD';

    /// <summary>Whether it can be stored as it is.</summary>
    public static bool Is(ReadOnlySpan<char> text)
    {
        if (text.Contains('\0'))
        {
            return false;
        }

        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var half)
        {
            if (Rune.DecodeFromUtf16(text[half..], out _, out var length) != OperationStatus.Done)
            {
                return false;
            }

            text = text[(half + length)..];
        }

        return true;
    }

    /// <summary>The text with what cannot be stored replaced, for messages that are only read.</summary>
    public static string Of(string text) =>
        Is(text) ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', Replacement);
}
