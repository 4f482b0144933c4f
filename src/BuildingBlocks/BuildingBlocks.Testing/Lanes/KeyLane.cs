using System.Security.Cryptography;
using System.Text;

namespace BuildingBlocks.Testing.Lanes;

/// <summary>
/// The lane a key falls to, computed as any other program would: tests hold the event log's own SQL against it.
/// </summary>
internal static class KeyLane
{
    /// <param name="key">Of an event.</param>
    /// <param name="lanes">How many there are.</param>
    public static short Of(string key, int lanes)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        return (short)(((hash[0] << 8) + hash[1]) % lanes);
    }
}
