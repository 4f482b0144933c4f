using System.Buffers.Binary;
using System.Buffers.Text;

namespace BuildingBlocks.Application;

/// <summary>
/// Where a page of a list ends that is ordered by time and id: those of its last entry. The next page goes on behind
/// it, whatever is added meanwhile. Callers see it as text they cannot read.
/// </summary>
/// <param name="At">UTC.</param>
/// <param name="Id">Tells apart what has the same time.</param>
public sealed record KeysetCursor(DateTimeOffset At, Guid Id)
{
    private const int IdLength = 16;

    /// <summary>The text that <see cref="Read"/> understands together with the same filter, and no other.</summary>
    /// <param name="filter">What the list was filtered by, in a few bytes; empty for a list without filters.</param>
    public string ToText(ReadOnlySpan<byte> filter = default)
    {
        var bytes = new byte[filter.Length + sizeof(long) + IdLength];
        filter.CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(filter.Length), At.UtcTicks);
        Id.TryWriteBytes(bytes.AsSpan(filter.Length + sizeof(long)), bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>How long the text of every cursor is, in characters.</summary>
    /// <param name="filterLength">The bytes of the filter.</param>
    public static int TextLength(int filterLength) =>
        Base64Url.GetEncodedLength(filterLength + sizeof(long) + IdLength);

    /// <summary>Null when the text is no cursor, or belongs to another filter.</summary>
    /// <param name="text">From a caller; of any length.</param>
    /// <param name="filter">As it was given to <see cref="ToText"/>.</param>
    public static KeysetCursor? Read(string text, ReadOnlySpan<byte> filter = default)
    {
        var bytes = new byte[filter.Length + sizeof(long) + IdLength];
        if (
            text.Length != TextLength(filter.Length)
            || !Base64Url.IsValid(text)
            || !Base64Url.TryDecodeFromChars(text, bytes, out var length)
            || length != bytes.Length
            || !bytes.AsSpan(0, filter.Length).SequenceEqual(filter)
        )
        {
            return null;
        }

        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(filter.Length));
        return ticks < DateTimeOffset.MinValue.UtcTicks || ticks > DateTimeOffset.MaxValue.UtcTicks
            ? null
            : new(new(ticks, TimeSpan.Zero), new(bytes.AsSpan(filter.Length + sizeof(long)), bigEndian: true));
    }
}
