using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Catalog.Contracts;

/// <summary>A product is not sold any more. Orders placed before are still fulfilled.</summary>
/// <param name="Sku">The stock keeping unit; also the key.</param>
[IntegrationEvent("product.discontinued", version: 1)]
public sealed record ProductDiscontinuedV1([StringLength(40)] string Sku) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => Sku;
}
