using BuildingBlocks.Contracts;

namespace Customers.Contracts;

/// <summary>A customer's goods go to this address from now on.</summary>
/// <param name="CustomerId">Made by Customers; also the key.</param>
/// <param name="Address">The whole address as it is now.</param>
[IntegrationEvent("customer.address-updated", version: 1)]
public sealed record CustomerAddressUpdatedV1(Guid CustomerId, CustomerAddress Address) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => CustomerId.ToString();
}
