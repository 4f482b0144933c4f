namespace Notifications.Domain;

/// <summary>Whose an order is: the part of Orders' data that events about its goods and money do not carry.</summary>
internal sealed class KnownOrder(Guid orderId, Guid customerId)
{
    /// <summary>Of Orders.</summary>
    public Guid OrderId { get; private set; } = orderId;

    /// <summary>Of Customers.</summary>
    public Guid CustomerId { get; private set; } = customerId;
}

/// <summary>How a customer is written to: a copy of what Customers owns.</summary>
internal sealed class KnownCustomer(Guid customerId)
{
    /// <summary>Of Customers.</summary>
    public Guid CustomerId { get; private set; } = customerId;

    /// <summary>A person's or a company's.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where the customer wants to be written to.</summary>
    public string Email { get; set; } = "";
}
