using System.Buffers.Binary;

namespace BuildingBlocks.EventLog.Events;

/// <summary>
/// Ids of version 7 of which each is greater than the one before. EF Core inserts rows in the order of their keys, so
/// events that one SaveChanges writes get their positions in the order they were published. Thread-safe.
/// </summary>
internal static class EventIds
{
    private static readonly Lock Gate = new();
    private static UInt128 last;

    public static Guid Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7().TryWriteBytes(bytes, bigEndian: true, out _);
        var next = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        lock (Gate)
        {
            // Within one millisecond version 7 is random. One more than the last keeps its version and variant: they
            // stand above 62 random bits.
            last = next > last ? next : last + 1;
            BinaryPrimitives.WriteUInt128BigEndian(bytes, last);
        }

        return new(bytes, bigEndian: true);
    }
}
