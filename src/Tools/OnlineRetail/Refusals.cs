namespace OnlineRetail;

/// <summary>
/// Customers and products that their modules have refused, with the reasons: no order can be taken with them.
/// </summary>
internal sealed class Refusals
{
    private readonly Dictionary<Guid, RejectReason> customers = [];
    private readonly Dictionary<string, RejectReason> products = new(StringComparer.Ordinal);

    public int Customers => customers.Count;

    public int Products => products.Count;

    public void Add(Guid customerId, RejectReason reason) => customers[customerId] = reason;

    public void Add(string sku, RejectReason reason) => products[sku] = reason;

    public RejectReason? OfCustomer(Guid customerId) => customers.GetValueOrDefault(customerId);

    public RejectReason? OfProduct(string sku) => products.GetValueOrDefault(sku);
}
