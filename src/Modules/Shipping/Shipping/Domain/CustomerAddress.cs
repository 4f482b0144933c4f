namespace Shipping.Domain;

/// <summary>
/// What Shipping knows of a customer: a copy kept by the events of Customers, seconds behind at most.
/// </summary>
internal sealed class CustomerAddress(Guid customerId)
{
    /// <summary>Made by Customers.</summary>
    public Guid CustomerId { get; private set; } = customerId;

    /// <summary>The account that may see the customer's shipments, of Users; null when only admins may.</summary>
    public Guid? UserId { get; set; }

    public string Name { get; set; } = "";

    public string? Street { get; private set; }

    public string? City { get; private set; }

    /// <summary>Empty where the country has none.</summary>
    public string? PostalCode { get; private set; }

    /// <summary>ISO 3166-1 alpha-2 code; of the address, not of the customer.</summary>
    public string? Country { get; private set; }

    /// <summary>What to write on a parcel for this customer; null while it is not known where they are.</summary>
    public Label? ToLabel() =>
        Street is null || City is null || PostalCode is null || Country is null
            ? null
            : new(Name, Street, City, PostalCode, Country);

    public void MoveTo(Customers.Contracts.CustomerAddress address) =>
        (Street, City, PostalCode, Country) = (address.Street, address.City, address.PostalCode, address.Country);
}
