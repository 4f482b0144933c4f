namespace BuildingBlocks.Testing.Architecture;

/// <summary>Something that an architecture rule forbids, found in compiled code.</summary>
/// <param name="Rule">The rule's name, such as <c>across-modules</c>; part of a <see cref="Baseline"/> entry.</param>
/// <param name="Module">The module at fault.</param>
/// <param name="Place">The type or member at fault, such as <c>Orders.Features.PeekStockHandler.Handle</c>.</param>
/// <param name="Target">What it uses, such as <c>Inventory.Domain.StockLevel</c>.</param>
/// <param name="Problem">Why that is wrong, and what to do instead.</param>
public sealed record Violation(string Rule, string Module, string Place, string Target, string Problem)
{
    /// <summary>One line for a person.</summary>
    public override string ToString() => $"{Place} -> {Target}: {Problem} [{Rule}]";
}
