namespace BuildingBlocks.EventLog.Parking;

/// <summary>Which parked events are meant; all that is given must hold.</summary>
/// <param name="Subscription">The consumer group.</param>
/// <param name="Source">The module that published them.</param>
/// <param name="EventType">Wire name.</param>
/// <param name="Key">The aggregate's id.</param>
/// <param name="Status">waiting or dead.</param>
/// <param name="ErrorContains">Part of the last error's text.</param>
public sealed record ParkedEventFilter(
    string? Subscription = null,
    string? Source = null,
    string? EventType = null,
    string? Key = null,
    string? Status = null,
    string? ErrorContains = null
)
{
    /// <summary>Nothing is given, so that every parked event is meant.</summary>
    public bool IsEmpty => this == new ParkedEventFilter();

    /// <summary>Its parts, in the order of their parameters in SQL.</summary>
    internal (string Name, string? Value)[] Parts =>
        [
            ("subscription", Subscription),
            ("source", Source),
            ("eventType", EventType),
            ("key", Key),
            ("status", Status),
            ("errorContains", ErrorContains),
        ];
}
