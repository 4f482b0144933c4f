using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace BuildingBlocks.Web;

/// <summary>
/// Text as addresses and forms have it, where bytes may be written as %FF. What is no UTF-8 would be read as U+FFFD, or
/// stay as it is, and mean something else.
/// </summary>
internal static class PercentText
{
    /// <summary>Whether its bytes, once decoded, are UTF-8 without NUL.</summary>
    public static bool IsText(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%') && Ascii.IsValid(text))
        {
            return true;
        }

        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = 0;
        while (!text.IsEmpty)
        {
            if (text[0] == '%' && text.Length > 2 && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]))
            {
                bytes[length++] = byte.Parse(text[1..3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                text = text[3..];
                continue;
            }

            var plain = text[1..].IndexOf('%') is >= 0 and var next ? next + 1 : text.Length;
            length += Encoding.UTF8.GetBytes(text[..plain], bytes.AsSpan(length));
            text = text[plain..];
        }

        var decoded = bytes.AsSpan(0, length);
        return Utf8.IsValid(decoded) && !decoded.Contains((byte)0);
    }

    /// <summary>The names, as they are read, of parameters or fields that are no text.</summary>
    /// <param name="pairs">Joined by &amp;, without a question mark before.</param>
    public static IEnumerable<string> UnreadablePairs(string pairs) =>
        IsText(pairs) ? [] : from pair in pairs.Split('&') where !IsText(pair) select NameOf(pair);

    /// <summary>The name of a parameter or field, as it is read.</summary>
    /// <param name="pair">With its value.</param>
    public static string NameOf(string pair) => Uri.UnescapeDataString(pair.Split('=')[0].Replace('+', ' '));

    /// <inheritdoc cref="UnreadablePairs(string)" />
    /// <param name="form">As it was received, which may have bytes of other letters as they are.</param>
    public static IEnumerable<string> UnreadablePairs(ReadOnlySpan<byte> form)
    {
        StringBuilder pairs = new(form.Length);
        foreach (var letter in form)
        {
            _ =
                letter < 0x80
                    ? pairs.Append((char)letter)
                    : pairs.Append(CultureInfo.InvariantCulture, $"%{letter:X2}");
        }

        return UnreadablePairs(pairs.ToString());
    }
}
