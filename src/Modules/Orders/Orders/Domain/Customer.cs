namespace Orders.Domain;

/// <summary>What Orders knows of a customer: a copy kept by the events of Customers, seconds behind at most.</summary>
internal sealed class Customer(Guid id)
{
    /// <summary>Made by Customers.</summary>
    public Guid Id { get; private set; } = id;

    /// <summary>The account that may act for this customer; null when only admins may.</summary>
    public Guid? UserId { get; set; }

    public string Name { get; set; } = "";

    public string Email { get; set; } = "";

    /// <summary>ISO 3166-1 alpha-2 code, or null while unknown.</summary>
    public string? Country { get; set; }

    /// <summary>Whether it is known where the goods go; the address itself is Shipping's business.</summary>
    public bool HasAddress { get; set; }
}
