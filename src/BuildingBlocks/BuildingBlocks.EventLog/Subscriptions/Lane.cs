namespace BuildingBlocks.EventLog.Subscriptions;

/// <summary>
/// A share of the keys, applied side by side with the others. One lane keeps the order of the whole source, more keep
/// that of each key.
/// </summary>
/// <param name="Number">From 0.</param>
/// <param name="Count">How many lanes share the keys.</param>
internal sealed record Lane(short Number, short Count)
{
    /// <summary>
    /// The most there can be; each may hold a connection of the consumer's pool and one of the source's.
    /// </summary>
    public const short Most = 16;

    /// <summary>The one that has all keys.</summary>
    public static Lane Only { get; } = new(0, 1);

    /// <summary>
    /// SQL that tells of a row of the outbox whether it falls to this lane. By the key's SHA-256, whose value no
    /// version of PostgreSQL will change: a key that fell to another lane between two pages could be applied twice, or
    /// never.
    /// </summary>
    public string Holds =>
        Count == 1
            ? "true"
            : "((get_byte(sha256(convert_to(key, 'UTF8')), 0) << 8) + get_byte(sha256(convert_to(key, 'UTF8')), 1)) "
                + $"% {Count} = {Number}";
}
