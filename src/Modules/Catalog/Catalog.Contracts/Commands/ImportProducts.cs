using BuildingBlocks.Contracts;

namespace Catalog.Contracts.Commands;

/// <summary>
/// Takes in products of another system, those whose SKU is not here yet; what is here stays as it is. All or none. Each
/// new one is announced by product.added.
/// </summary>
/// <param name="Products">1 to 1,000, each SKU once.</param>
public sealed record ImportProducts(IReadOnlyList<ImportedProduct> Products) : IModuleCommand<ImportProductsAnswer>;

/// <param name="Sku">1 to 40 characters of A-Z 0-9 . _ - in any case; stored in upper case.</param>
/// <param name="Name">Up to 200 characters.</param>
/// <param name="Category">Up to 100 characters; made when nobody has used it yet.</param>
/// <param name="PriceMinor">For one piece, in the currency's minor unit, taxes included; 0 to
/// 1,000,000,000,000.</param>
/// <param name="Currency">ISO 4217 code.</param>
public sealed record ImportedProduct(string Sku, string Name, string Category, long PriceMinor, string Currency);

/// <param name="Taken">How many were new.</param>
/// <param name="Known">How many were here already.</param>
public sealed record ImportProductsAnswer(int Taken, int Known);
