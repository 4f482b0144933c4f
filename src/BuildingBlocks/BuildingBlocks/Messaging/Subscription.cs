using BuildingBlocks.Modules;

namespace BuildingBlocks.Messaging;

/// <summary>One consumer's reading of one module's outbox.</summary>
/// <param name="Consumer">The module that reacts.</param>
/// <param name="Source">The name of the module that publishes.</param>
/// <param name="EventTypes">The wire names it reacts to; everything else is passed over.</param>
internal sealed record Subscription(ModuleDescriptor Consumer, string Source, string[] EventTypes)
{
    /// <summary>The consumer group; a module has one unless it keeps projections apart.</summary>
    public string Name => Consumer.Name;

    /// <summary>One lane keeps the order of the whole source.</summary>
    public static short Lane => 0;

    public override string ToString() => $"{Name} from {Source}";
}
