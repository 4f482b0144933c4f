using BuildingBlocks.Contracts;

namespace BuildingBlocks.Tests.Probe;

/// <summary>Somebody said something.</summary>
[IntegrationEvent("note.taken", version: 1)]
public sealed record NoteTakenV1(string Topic, string Text) : IIntegrationEvent
{
    public string Key => Topic;
}

/// <summary>Published in reaction to a note whose text is "echo".</summary>
[IntegrationEvent("note.echoed", version: 1)]
public sealed record NoteEchoedV1(string Topic) : IIntegrationEvent
{
    public string Key => Topic;
}

/// <summary>Something was counted; the probe takes many of these at once.</summary>
[IntegrationEvent("tally.marked", version: 1)]
public sealed record TallyMarkedV1(string Topic, string Text) : IIntegrationEvent
{
    public string Key => Topic;
}
