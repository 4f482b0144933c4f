using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Catalog.Contracts;

/// <summary>A product's name or category changed; the event carries both as they are now.</summary>
/// <param name="Sku">The stock keeping unit; also the key.</param>
/// <param name="Name">What it is called in shops.</param>
/// <param name="Category">The category's name.</param>
[IntegrationEvent("product.updated", version: 1)]
public sealed record ProductUpdatedV1(
    [StringLength(40)] string Sku,
    [StringLength(200)] string Name,
    [StringLength(100)] string Category
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => Sku;
}
