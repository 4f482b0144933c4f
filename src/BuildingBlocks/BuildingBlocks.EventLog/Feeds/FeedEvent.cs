namespace BuildingBlocks.EventLog.Feeds;

/// <summary>An event as it travels in a feed.</summary>
/// <param name="Seq">Its number in the feed, from 1 without gaps.</param>
/// <param name="Position">Its position in the module's outbox; of one key in the order of commits.</param>
/// <param name="TxId">The transaction that wrote it, an id of the module's own cluster.</param>
/// <param name="Id">The event's id.</param>
/// <param name="Type">Its wire name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Key">The aggregate's id.</param>
/// <param name="Payload">JSON; null when the reader did not ask for the type.</param>
/// <param name="CorrelationId">Of the request that it follows from.</param>
/// <param name="CausationId">The event that it follows from, if any.</param>
/// <param name="TraceParent">The trace that it belongs to, if any.</param>
/// <param name="OccurredAt">When it was written, UTC.</param>
internal sealed record FeedEvent(
    long Seq,
    long Position,
    string TxId,
    Guid Id,
    string Type,
    short Version,
    string Key,
    string? Payload,
    string CorrelationId,
    string? CausationId,
    string? TraceParent,
    DateTimeOffset OccurredAt
);

/// <summary>What a reader asks for.</summary>
/// <param name="Module">The module that publishes.</param>
/// <param name="After">The last seq that the reader has; 0 when it has none.</param>
/// <param name="Last">The id of the event with that seq; null when the reader has none.</param>
/// <param name="Types">The wire names whose payloads are wanted.</param>
/// <param name="Limit">How many events at most.</param>
/// <param name="Wait">How long to wait for the first one.</param>
internal sealed record FeedQuestion(
    string Module,
    long After,
    Guid? Last,
    IReadOnlyList<string> Types,
    int Limit,
    TimeSpan Wait
);

/// <summary>What a Host answers to a reader.</summary>
/// <param name="Module">The module that publishes.</param>
/// <param name="Epoch">Another one once the module's log was restored.</param>
/// <param name="FirstSeq">The oldest event that is kept; the next one while none is.</param>
/// <param name="NextSeq">The seq that the next event will have.</param>
/// <param name="AsOf">With these events the reader has all that the module had committed by then; null when there are
/// more.</param>
/// <param name="Events">In the order of the feed, without gaps; the first has the seq after the one asked for.</param>
internal sealed record FeedAnswer(
    string Module,
    Guid Epoch,
    long FirstSeq,
    long NextSeq,
    DateTimeOffset? AsOf,
    IReadOnlyList<FeedEvent> Events
);
