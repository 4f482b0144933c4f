using BuildingBlocks.Application;

namespace BuildingBlocks.Messaging;

/// <summary>Which parked events are meant; all that is given must hold.</summary>
/// <param name="Subscription">The consumer group.</param>
/// <param name="Source">The module that published them.</param>
/// <param name="EventType">Wire name.</param>
/// <param name="Key">The aggregate's id.</param>
/// <param name="Status">waiting or dead.</param>
/// <param name="ErrorContains">Part of the last error's text.</param>
public sealed record ParkedEventFilter(
    string? Subscription = null, string? Source = null, string? EventType = null, string? Key = null, string? Status = null, string? ErrorContains = null)
{
    internal const int MostCharacters = 500;

    /// <summary>Nothing is given, so that every parked event is meant.</summary>
    public bool IsEmpty => this == new ParkedEventFilter();

    /// <summary>SQL over parked_events with the parameters $1 to $6 of <see cref="Values"/>.</summary>
    internal const string Sql =
        "($1::text is null or subscription = $1) and ($2::text is null or source = $2) and ($3::text is null or event_type = $3) and ($4::text is null or key = $4) "
        + "and ($5::text is null or status = $5) and ($6::text is null or strpos(error, $6) > 0)";

    internal object?[] Values => [.. Members.Select(member => member.Value)];

    private (string Name, string? Value)[] Members =>
        [("subscription", Subscription), ("source", Source), ("eventType", EventType), ("key", Key), ("status", Status), ("errorContains", ErrorContains)];

    /// <summary>Why it cannot be used; null when it can.</summary>
    /// <param name="place">What the names of its parts begin with where it was sent.</param>
    internal Error? Fault(string place = "")
    {
        if (Status is not (null or "waiting" or "dead"))
        {
            return Error.Invalid("operations.bad-filter", "status is waiting or dead.").At($"{place}status");
        }

        return Array.Find(Members, member => member.Value is { Length: 0 or > MostCharacters }) is { Name: { } name }
            ? Error.Invalid("operations.bad-filter", $"{name} has 1 to {MostCharacters} characters; leave it out to filter by others only.").At($"{place}{name}")
            : null;
    }
}
