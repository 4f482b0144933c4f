using BuildingBlocks.Application;

namespace OrderSearch.Domain;

/// <summary>Why a search is refused, beside what its validator says.</summary>
internal static class SearchErrors
{
    public static Error BadCursor { get; } = Error.Invalid(
        "order-search.bad-cursor",
        "This cursor is not one that a search with exactly these filters answered. Take nextCursor of the page before and leave the filters as they are, or begin without a cursor.");
}
