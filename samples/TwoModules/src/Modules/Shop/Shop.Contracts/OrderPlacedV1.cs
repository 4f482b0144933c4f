using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Shop.Contracts;

/// <summary>Somebody ordered something; nothing has been paid yet.</summary>
/// <param name="OrderId">Made by Shop; also the key.</param>
/// <param name="TotalMinor">In cents.</param>
[IntegrationEvent("order.placed", version: 1)]
public sealed record OrderPlacedV1(Guid OrderId, [Range(1, 1_000_000)] long TotalMinor) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
