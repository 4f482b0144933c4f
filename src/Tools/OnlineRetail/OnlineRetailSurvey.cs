using Catalog.Contracts.Commands;
using Customers.Contracts.Commands;
using Orders.Contracts;

namespace OnlineRetail;

/// <summary>What a whole reading of the file tells of its customers and products, which no single row does.</summary>
internal sealed class OnlineRetailSurvey
{
    // The file has none.
    private const string Category = "Online Retail";

    private readonly Dictionary<string, Residences> customers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Goods> products = new(StringComparer.Ordinal);

    public int Orders { get; private set; }

    /// <summary>Everybody with an order, at home where their orders say, in the order of their dates.</summary>
    public IReadOnlyList<ImportedCustomer> Customers => [.. customers.Values.Select(customer => customer.ToImport())];

    /// <summary>Everything on an order, by the name that most of its lines give it, at its latest price.</summary>
    public IReadOnlyList<ImportedProduct> Products =>
        [.. products.Select(product => product.Value.ToImport(product.Key))];

    public void Add(OnlineRetailOrder found)
    {
        Orders++;
        var order = found.Order;
        if (!customers.TryGetValue(found.CustomerNumber, out var customer))
        {
            customers.Add(
                found.CustomerNumber,
                customer = new(order.CustomerId, order.CustomerName, order.CustomerEmail)
            );
        }

        customer.Orders.Add((order.At, order.CustomerCountry));
        foreach (var line in order.Lines)
        {
            if (!products.TryGetValue(line.Sku, out var goods))
            {
                products.Add(line.Sku, goods = new(order.Currency));
            }

            goods.Add(line, order.At);
        }
    }

    private sealed record Residences(Guid CustomerId, string Name, string Email)
    {
        public List<(DateTimeOffset At, string Country)> Orders { get; } = [];

        public ImportedCustomer ToImport()
        {
            List<string> countries = [];
            foreach (var (_, country) in Orders.OrderBy(order => order.At))
            {
                if (countries.Count == 0 || !string.Equals(countries[^1], country, StringComparison.Ordinal))
                {
                    countries.Add(country);
                }
            }

            return new(CustomerId, Name, Email, Orders.Min(order => order.At), countries);
        }
    }

    private sealed class Goods(string currency)
    {
        private readonly Dictionary<string, int> names = new(StringComparer.Ordinal);
        private (DateTimeOffset At, long PriceMinor) latest;

        public void Add(OrderLine line, DateTimeOffset at)
        {
            names[line.ProductName] = names.GetValueOrDefault(line.ProductName) + 1;
            if (line.UnitPriceMinor > 0 && at >= latest.At)
            {
                latest = (at, line.UnitPriceMinor);
            }
        }

        public ImportedProduct ToImport(string sku)
        {
            var name = names
                .OrderByDescending(name => name.Value)
                .ThenBy(name => name.Key, StringComparer.Ordinal)
                .First()
                .Key;
            return new(sku, name, Category, latest.PriceMinor, currency);
        }
    }
}
