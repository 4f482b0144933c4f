using FluentValidation;

namespace BuildingBlocks.Reference;

/// <summary>Rules of validators that check codes against the reference data. They come after <c>NotEmpty</c>.</summary>
public static class ReferenceRules
{
    /// <summary>The code of a country of ISO 3166-1.</summary>
    public static IRuleBuilderOptions<T, string> CountryCode<T>(
        this IRuleBuilder<T, string> rule,
        ReferenceData reference
    ) =>
        rule.MustAsync(
                async (code, cancellationToken) =>
                    (await reference.ReadAsync(typeof(T), cancellationToken)).Country(code) is not null
            )
            .WithMessage(
                "A country is an ISO 3166-1 code of two capital letters, such as DE; GET /reference/countries lists "
                    + "them."
            );

    /// <summary>The code of a currency of ISO 4217 in which something can be priced.</summary>
    public static IRuleBuilderOptions<T, string> CurrencyCode<T>(
        this IRuleBuilder<T, string> rule,
        ReferenceData reference
    ) =>
        rule.MustAsync(
                async (code, cancellationToken) =>
                    (await reference.ReadAsync(typeof(T), cancellationToken)).Currency(code) is { MinorUnits: not null }
            )
            .WithMessage(
                "A currency is an ISO 4217 code of three capital letters, such as EUR; GET /reference/currencies "
                    + "lists them."
            );
}
