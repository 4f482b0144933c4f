using BuildingBlocks.Contracts;

namespace Catalog.Contracts.Queries;

/// <summary>Asks what products are called and cost now. Nothing is answered when none of them is known.</summary>
/// <param name="Skus">Stock keeping units as the catalog spells them; those it does not know are left out of the
/// answer.</param>
public sealed record DescribeProducts(IReadOnlyList<string> Skus) : IModuleQuery<ProductsDescription>;

/// <summary>Products as Catalog knows them at the moment of asking.</summary>
/// <param name="Items">In the order of their SKUs.</param>
public sealed record ProductsDescription(IReadOnlyList<ProductDescription> Items);

/// <summary>One product as Catalog knows it at the moment of asking.</summary>
/// <param name="Sku">The stock keeping unit.</param>
/// <param name="Name">What it is called now.</param>
/// <param name="Category">The category's name.</param>
/// <param name="PriceMinor">For one piece, what it costs now, in the currency's minor unit, taxes included.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Discontinued">True when it is not sold any more.</param>
public sealed record ProductDescription(
    string Sku,
    string Name,
    string Category,
    long PriceMinor,
    string Currency,
    bool Discontinued
);
