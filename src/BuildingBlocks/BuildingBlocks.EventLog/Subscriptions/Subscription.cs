using System.Diagnostics;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Diagnostics;

namespace BuildingBlocks.EventLog.Subscriptions;

/// <summary>One consumer's reading of one module's outbox, or of those of its keys that fall to one lane.</summary>
/// <param name="Consumer">The module that reacts.</param>
/// <param name="Source">The name of the module that publishes.</param>
/// <param name="EventTypes">The wire names it reacts to; everything else is passed over.</param>
internal sealed record Subscription(LogModule Consumer, string Source, string[] EventTypes)
{
    /// <summary>
    /// The consumer group: the module, its outbound reactions, which come as far by themselves, or its rebuild, which
    /// reads the same source from the beginning.
    /// </summary>
    public string Name =>
        IsRebuild ? RebuildTables.ConsumerOf(Consumer.Name)
        : IsOutbound ? OutboundReaction.ConsumerOf(Consumer.Name)
        : Consumer.Name;

    /// <summary>Its reactions call out of the database.</summary>
    public bool IsOutbound { get; init; }

    /// <summary>Its effects go into the tables that are rebuilt, beside the live ones.</summary>
    public bool IsRebuild { get; init; }

    /// <summary>Which share of the keys it reads.</summary>
    public Lane Lane { get; init; } = Lane.Only;

    /// <summary>What measurements of it carry.</summary>
    public TagList Tags => EventLogDiagnostics.TagsOf(Name, Source);

    public override string ToString() =>
        Lane.Count == 1 ? $"{Name} from {Source}" : $"{Name} from {Source}, lane {Lane.Number}";
}
