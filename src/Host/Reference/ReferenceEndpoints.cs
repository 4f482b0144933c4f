using BuildingBlocks.Modules;
using BuildingBlocks.Reference;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Host.Reference;

/// <summary>The reference data for whoever fills in a form; open, and good for a day in anybody's cache.</summary>
internal static class ReferenceEndpoints
{
    private const string Cacheable = "public, max-age=86400";

    public static void MapReference(this WebApplication app)
    {
        var reference = app.MapGroup("/reference").WithTags("reference").AllowAnonymous();
        reference
            .MapGet("/countries", ListCountries)
            .WithName(nameof(ListCountries))
            .WithDescription("The countries of ISO 3166-1, in the order of their codes.");
        reference
            .MapGet("/currencies", ListCurrencies)
            .WithName(nameof(ListCurrencies))
            .WithDescription("The active codes of ISO 4217, in their order.");
    }

    private static async Task<Ok<CountryList>> ListCountries(
        ReferenceData reference,
        ModuleCatalog catalog,
        HttpResponse response,
        CancellationToken cancellationToken
    )
    {
        var countries = (await reference.ReadAsync(AnyOf(catalog), cancellationToken)).Countries;
        response.Headers.CacheControl = Cacheable;
        return TypedResults.Ok(new CountryList(countries));
    }

    private static async Task<Ok<CurrencyList>> ListCurrencies(
        ReferenceData reference,
        ModuleCatalog catalog,
        HttpResponse response,
        CancellationToken cancellationToken
    )
    {
        var currencies = (await reference.ReadAsync(AnyOf(catalog), cancellationToken)).Currencies;
        response.Headers.CacheControl = Cacheable;
        return TypedResults.Ok(new CurrencyList(currencies));
    }

    // The Host itself has no role in the database, and every module's may read this.
    private static string AnyOf(ModuleCatalog catalog) => catalog.Modules.First().Name;
}

/// <summary>All countries.</summary>
internal sealed record CountryList(IReadOnlyList<Country> Items);

/// <summary>All currencies, funds, metals and units of account.</summary>
internal sealed record CurrencyList(IReadOnlyList<Currency> Items);
