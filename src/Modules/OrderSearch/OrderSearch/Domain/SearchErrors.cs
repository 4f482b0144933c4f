using BuildingBlocks.Application;

namespace OrderSearch.Domain;

/// <summary>Why a search is refused, and the limits of what can be searched for.</summary>
internal static class SearchErrors
{
    public const int MaxLimit = 100;

    public const int MaxTextLength = 200;

    /// <summary>The statuses that can be asked for, as they are written.</summary>
    public static IReadOnlyList<string> Statuses { get; } =
    [.. Enum.GetNames<OrderStatus>().Select(name => name.ToLowerInvariant())];

    public static Error UnknownCountry { get; } =
        Error.Invalid(
            "order-search.unknown-country",
            "A country is an ISO 3166-1 code of two capital letters, such as DE; GET /reference/countries lists them."
        );

    public static Error InvalidSku { get; } = Error.Invalid("order-search.invalid-sku", Sku.Rule);

    public static Error InvalidText { get; } =
        Error.Invalid(
            "order-search.invalid-text",
            $"Text to search for is 1 to {MaxTextLength} characters with at least one letter or digit, and no NUL "
                + "character."
        );

    public static Error InvalidTime { get; } = Error.Invalid("order-search.invalid-time", Time.Rule);

    public static Error UnknownStatus { get; } =
        Error.Invalid("order-search.unknown-status", $"A status is one of {string.Join(", ", Statuses)}.");

    public static Error InvalidLimit { get; } =
        Error.Invalid("order-search.invalid-limit", $"A page has 1 to {MaxLimit} orders.");

    public static Error BadCursor { get; } =
        Error.Invalid(
            "order-search.bad-cursor",
            "This cursor is not one that a search with exactly these filters answered. Take nextCursor of the page "
                + "before and leave the filters as they are, or begin without a cursor."
        );
}
