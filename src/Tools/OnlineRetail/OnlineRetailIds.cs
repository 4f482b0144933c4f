using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OnlineRetail;

/// <summary>
/// Ids that are the same at every run, so that what was taken is found again. They are shaped as version 7, whose order
/// is that of time, because orders are listed by id; what is random there comes from what the thing is called in the
/// file.
/// </summary>
internal static class OnlineRetailIds
{
    public const string Source = "online-retail";

    // The day on which the file begins. A customer's first date would move if an older file were imported later.
    private static readonly DateTimeOffset Beginning = new(2010, 12, 1, 0, 0, 0, TimeSpan.Zero);

    public static Guid OfCustomer(string number) => Of("customer", number, Beginning);

    public static Guid OfOrder(string invoice, DateTimeOffset at) => Of("order", invoice, at);

    private static Guid Of(string kind, string name, DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{Source}/{kind}/{name}"), bytes);
        Span<byte> time = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(time, at.ToUnixTimeMilliseconds());
        time[2..].CopyTo(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new(bytes[..16], bigEndian: true);
    }
}
