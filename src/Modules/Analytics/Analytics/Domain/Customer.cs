namespace Analytics.Domain;

/// <summary>
/// Where a customer was first at home, as far as Customers told; for orders whose own events do not say.
/// </summary>
internal sealed class Customer
{
    public Guid Id { get; private set; }

    /// <summary>ISO 3166-1 alpha-2 code.</summary>
    public string Country { get; private set; } = "";
}
