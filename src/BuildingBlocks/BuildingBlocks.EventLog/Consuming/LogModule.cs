using System.Collections.Frozen;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Sagas;

namespace BuildingBlocks.EventLog.Consuming;

/// <summary>What the event log needs to know of a module.</summary>
/// <param name="name">Of the module and its schema.</param>
/// <param name="dbContextType">What its reactions and sagas write with; null for one that has no database.</param>
/// <param name="reactions">Those to one event before those to many.</param>
/// <param name="sagas">As they were declared.</param>
/// <param name="isProjection">Whether all its tables follow from events, so that they can be rebuilt.</param>
internal sealed class LogModule(
    string name,
    Type? dbContextType,
    IReadOnlyList<ReactionDescriptor> reactions,
    IReadOnlyList<SagaDefinition> sagas,
    bool isProjection
)
{
    private readonly FrozenSet<string> appliedInBatches = reactions
        .GroupBy(reaction => reaction.EventType)
        .Where(same =>
            same.All(reaction => reaction.TakesBatches) && !sagas.Any(saga => saga.EventTypes.Contains(same.Key))
        )
        .Where(same => EventName.IsGivenTo(same.Key))
        .Select(same => EventName.Of(same.Key).Name)
        .ToFrozenSet(StringComparer.Ordinal);

    public string Name => name;

    public Type? DbContextType => dbContextType;

    public IReadOnlyList<ReactionDescriptor> Reactions => reactions;

    public IReadOnlyList<SagaDefinition> Sagas => sagas;

    public bool IsProjection => isProjection;

    /// <summary>What the module does outside of the database; one for each event.</summary>
    public IReadOnlyList<OutboundReaction> Outbound { get; init; } = [];

    /// <summary>Prepares the scope in which reactions run, such as by saying on whose behalf.</summary>
    public Action<IServiceProvider>? PrepareScope { get; init; }

    /// <summary>The event types that some reaction or saga of the module is for.</summary>
    public IEnumerable<Type> ConsumedEvents =>
        reactions.Select(reaction => reaction.EventType).Concat(sagas.SelectMany(saga => saga.EventTypes)).Distinct();

    /// <summary>The event types that some outbound reaction of the module is for.</summary>
    public IEnumerable<Type> OutboundEvents => Outbound.Select(reaction => reaction.EventType).Distinct();

    /// <summary>
    /// What is wrong with the outbound reactions: sentences for whoever wrote them, none when all is well.
    /// </summary>
    public IEnumerable<string> OutboundFaults =>
        Outbound
            .GroupBy(reaction => reaction.EventType)
            .Where(same => same.Count() > 1)
            .Select(same =>
                $"{string.Join(" and ", same.Select(reaction => reaction.ReactionType.FullName))} call out for "
                + $"{same.Key.Name}; when one fails the other would be called again as well. Keep one of them in "
                + $"{name}."
            )
            .Concat(
                Outbound
                    .Where(_ => isProjection)
                    .Select(reaction =>
                        $"{reaction.ReactionType.FullName} calls out of the database, but {name} is a projection, "
                        + "whose tables follow from events alone. Move it to another module, or take Projection() "
                        + "away."
                    )
            );

    /// <summary>
    /// Whether events of this wire name may be applied many at once: all that the module does about them is in batch
    /// reactions.
    /// </summary>
    public bool AppliesInBatches(string eventType) => appliedInBatches.Contains(eventType);

    public override string ToString() => name;
}
