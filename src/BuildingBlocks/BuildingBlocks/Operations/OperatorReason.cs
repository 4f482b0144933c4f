using System.Diagnostics.CodeAnalysis;
using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Events;

namespace BuildingBlocks.Operations;

/// <summary>The reason an operator gives for an action, kept in the audit.</summary>
internal static class OperatorReason
{
    /// <summary>In characters.</summary>
    public const int Longest = 500;

    /// <summary>Whether it says something, and not too much.</summary>
    public static bool IsGiven([NotNullWhen(true)] string? reason) =>
        !VisibleText.IsBlank(reason) && reason!.Length <= Longest;

    /// <param name="what">What the reason is for: <c>the event is discarded</c>.</param>
    public static Error Missing(string what) =>
        Error.Invalid("operations.reason-required", $"Say in 1 to {Longest} characters why {what}.").At("reason");
}
