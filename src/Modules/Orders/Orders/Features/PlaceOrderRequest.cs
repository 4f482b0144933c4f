using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Orders.Features;

/// <summary>What makes a request to place an order the same as an earlier one.</summary>
internal static class PlaceOrderRequest
{
    private const int MaxKeyLength = 200;

    private static readonly SearchValues<char> VisibleAscii = SearchValues.Create([
        .. Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code),
    ]);

    /// <summary>Whether the header Idempotency-Key can be taken.</summary>
    public static bool IsKey(string key) =>
        key.Length is > 0 and <= MaxKeyLength && !key.AsSpan().ContainsAnyExcept(VisibleAscii);

    /// <summary>
    /// SHA-256 of what was ordered, in hexadecimal; the same whichever product is named first. Null without a key to
    /// compare under.
    /// </summary>
    public static string? FingerprintOf(PlaceOrder command) =>
        command.IdempotencyKey is null
            ? null
            : Convert.ToHexStringLower(
                SHA256.HashData(
                    JsonSerializer.SerializeToUtf8Bytes(
                        command with
                        {
                            Items = [.. command.Items.OrderBy(item => item.Sku, StringComparer.Ordinal)],
                        }
                    )
                )
            );
}
