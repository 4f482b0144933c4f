using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.Tests.Database;

namespace BuildingBlocks.Tests.Probe;

/// <summary>An event that has been through three versions.</summary>
[IntegrationEvent("tag.added", version: 1)]
public sealed record TagAddedV1(string Topic, string Tag) : IIntegrationEvent
{
    public string Key => Topic;
}

[IntegrationEvent("tag.added", version: 2)]
public sealed record TagAddedV2(string Topic, string Tag, string? Colour)
    : IIntegrationEvent,
        IUpcast<TagAddedV1, TagAddedV2>
{
    public string Key => Topic;

    public static TagAddedV2 Upcast(TagAddedV1 older) => new(older.Topic, older.Tag, Colour: null);
}

[IntegrationEvent("tag.added", version: 3)]
public sealed record TagAddedV3(string Topic, IReadOnlyList<string> Tags, string? Colour)
    : IIntegrationEvent,
        IUpcast<TagAddedV2, TagAddedV3>
{
    public string Key => Topic;

    public static TagAddedV3 Upcast(TagAddedV2 older) => new(older.Topic, [older.Tag], older.Colour);
}

internal sealed class RecordTags(ProbeDbContext db) : IReaction<TagAddedV3>
{
    public Task Handle(TagAddedV3 happened, EventContext context, CancellationToken cancellationToken)
    {
        db.Add(
            Effect.Of(
                context,
                $"{string.Join('+', happened.Tags)} {happened.Colour ?? "colourless"}, stored as version "
                    + $"{context.Version}"
            )
        );
        return Task.CompletedTask;
    }
}
