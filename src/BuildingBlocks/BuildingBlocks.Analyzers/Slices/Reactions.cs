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

    /// <summary>Whether a symbol stands in a reaction that calls out, outside of any transaction.</summary>
    public static bool ThatCallOutContain(ISymbol symbol) =>
        Symbols.Around(symbol).Any(type => type.Is("BuildingBlocks.EventLog.Consuming.IOutboundReaction"));
}
