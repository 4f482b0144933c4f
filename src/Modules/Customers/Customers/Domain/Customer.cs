using BuildingBlocks.Contracts;
using Customers.Contracts;

namespace Customers.Domain;

/// <summary>A person or company that buys.</summary>
internal sealed class Customer
{
    public const int MaxNameLength = 200;

    /// <summary>The longest address that mail servers take.</summary>
    public const int MaxEmailLength = 254;

    private Customer() { }

    public Guid Id { get; private set; }

    /// <summary>The account that may act for this customer; null when only admins may.</summary>
    public Guid? UserId { get; private set; }

    public string Name { get; private set; } = "";

    public string Email { get; private set; } = "";

    /// <summary>ISO 3166-1 alpha-2 code; null while unknown.</summary>
    public string? Country { get; private set; }

    /// <summary>Null while unknown.</summary>
    public Address? Address { get; private set; }

    public DateTimeOffset RegisteredAt { get; private set; }

    /// <summary>
    /// Counts the changes. The address has a row of its own, so without it two people could change it at once and both
    /// win.
    /// </summary>
    public int Revision { get; private set; }

    public static Customer Register(
        Guid id,
        Guid? userId,
        string name,
        string email,
        string? country,
        Address? address,
        DateTimeOffset now
    ) =>
        new()
        {
            Id = id,
            UserId = userId,
            Name = name.Trim(),
            Email = email.Trim(),
            Country = country,
            Address = address,
            RegisteredAt = now,
        };

    public CustomerRegisteredV1 ToRegisteredV1() => new(Id, UserId, Name, Email, Country, Address?.ToContract());

    /// <summary>Sets what the customer is called, written to and at home.</summary>
    /// <returns>What to publish: one event for each thing that is not as it was.</returns>
    public IReadOnlyList<IIntegrationEvent> ChangeProfile(string name, string email, string country)
    {
        (name, email) = (name.Trim(), email.Trim());
        List<IIntegrationEvent> changes = [];
        if ((name, email) != (Name, Email))
        {
            (Name, Email) = (name, email);
            changes.Add(new CustomerProfileUpdatedV1(Id, Name, Email));
        }

        if (!string.Equals(country, Country, StringComparison.Ordinal))
        {
            changes.Add(new CustomerCountryChangedV1(Id, country, Country));
            Country = country;
        }

        Revision += Math.Min(1, changes.Count);
        return changes;
    }

    /// <summary>Sets where goods go from now on; not those of orders that are on their way.</summary>
    /// <returns>What to publish, or null when it was so already.</returns>
    public CustomerAddressUpdatedV1? MoveTo(Address address)
    {
        if (address == Address)
        {
            return null;
        }

        Address = address;
        Revision++;
        return new(Id, address.ToContract());
    }
}
