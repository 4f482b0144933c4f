using Microsoft.CodeAnalysis;

namespace BuildingBlocks.Analyzers.Slices;

/// <summary>What runs inside the transaction that moves a checkpoint.</summary>
internal static class Reactions
{
    public static bool Is(INamedTypeSymbol type) =>
        type.Is("BuildingBlocks.EventLog.Consuming.IReaction")
        || type.Is("BuildingBlocks.EventLog.Consuming.IBatchReaction")
        || type.Is("BuildingBlocks.EventLog.Sagas.Saga");

    public static bool Contain(ISymbol symbol) => Symbols.Around(symbol).Any(Is);
}
