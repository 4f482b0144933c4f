namespace BuildingBlocks.EventLog.Events;

/// <summary>
/// What ties together all that follows from one request: flows with the asynchronous call from the HTTP request or the
/// event being applied into every event published meanwhile, and carries back the id of the last transaction that
/// published.
/// </summary>
public sealed class Correlation
{
    private static readonly AsyncLocal<Correlation?> Ambient = new();

    private Correlation(string id, string? causationId) => (Id, CausationId) = (id, causationId);

    /// <summary>The correlation of the request or event at hand, or null outside of one.</summary>
    public static Correlation? Current => Ambient.Value;

    /// <summary>1 to 100 characters.</summary>
    public string Id { get; }

    /// <summary>The event being applied; null in a request.</summary>
    public string? CausationId { get; }

    /// <summary>
    /// What a command answers as <c>Consistency-Token</c>: <c>module:tx_id</c> of the last transaction that published,
    /// or null.
    /// </summary>
    public string? ConsistencyToken { get; internal set; }

    /// <summary>Begins a correlation for the rest of the calling asynchronous method and all it calls.</summary>
    public static Correlation Begin(string id, string? causationId = null) => Ambient.Value = new(id, causationId);
}
