namespace OrderSearch.Domain;

/// <summary>
/// What this module knows of a customer: a copy kept by the events of Customers, for orders that arrive later.
/// </summary>
internal sealed class Customer
{
    public Guid Id { get; private set; }

    /// <summary>The account that may act for the customer; null when only admins may.</summary>
    public Guid? UserId { get; private set; }

    public string? Name { get; private set; }

    /// <summary>ISO 3166-1 alpha-2 code; null while unknown.</summary>
    public string? Country { get; private set; }
}
