using System.Text.RegularExpressions;
using Orders.Contracts;
using Orders.Contracts.Commands;

namespace OnlineRetail;

/// <summary>An order made of an invoice, with what is needed to make its customer.</summary>
/// <param name="CustomerNumber">What makes the customer's id.</param>
/// <param name="Order">For the module.</param>
/// <param name="Rows">The lines it was made of.</param>
internal sealed record OnlineRetailOrder(
    string CustomerNumber,
    ImportedOrder Order,
    IReadOnlyList<OnlineRetailLine> Rows
);

/// <summary>
/// Makes orders of invoices and decides which lines cannot be taken. docs/guides/import.md tells why so.
/// </summary>
/// <param name="reject">Is told of each line that cannot be taken.</param>
/// <param name="refusals">Customers and products that their modules have refused.</param>
internal sealed partial class OnlineRetailOrders(
    Func<OnlineRetailLine, RejectReason, ValueTask> reject,
    Refusals refusals
)
{
    private const string Currency = "GBP";
    private const long MostAnOrderCosts = 999_999_999_999_999;

    private readonly OnlineRetailSkus skus = new();

    /// <summary>The invoice as an order, or null when nothing is left of it.</summary>
    /// <param name="invoice">All its lines.</param>
    public async ValueTask<OnlineRetailOrder?> OfAsync(IReadOnlyList<OnlineRetailLine> invoice)
    {
        var first = invoice[0];
        var isReturn = first.Invoice.StartsWith('C');
        if (RefusedWhole(invoice) is { } refused)
        {
            return await RejectAllAsync(invoice, refused);
        }

        List<OrderLine> lines = [];
        List<OnlineRetailLine> rows = [];
        Int128 total = 0;
        foreach (var line in invoice)
        {
            var (sku, refusal) = Refused(line, first, isReturn) is { } reason ? ("", reason) : skus.Of(line.StockCode);
            refusal ??= refusals.OfProduct(sku);
            if (refusal is not null)
            {
                await reject(line, refusal);
                continue;
            }

            OrderLine taken = new(
                sku,
                line.Description.Length > 0 ? line.Description : sku,
                Math.Abs(line.Quantity),
                (long)(line.UnitPrice * 100)
            );
            lines.Add(taken);
            rows.Add(line);
            total += (Int128)taken.UnitPriceMinor * taken.Quantity;
        }

        if (lines.Count == 0)
        {
            return null;
        }

        var order = Order(first, isReturn, invoice.Min(line => line.At), lines, rows);
        return total > MostAnOrderCosts ? await RejectAllAsync(rows, RejectReason.TooLarge)
            : refusals.OfCustomer(order.Order.CustomerId) is { } unknown ? await RejectAllAsync(rows, unknown)
            : order;
    }

    private static OnlineRetailOrder Order(
        OnlineRetailLine first,
        bool isReturn,
        DateTimeOffset at,
        List<OrderLine> lines,
        List<OnlineRetailLine> rows
    )
    {
        var country = OnlineRetailCountries.CodeOf(first.Country)!;
        var (number, name) =
            first.Customer.Length > 0
                ? (first.Customer, $"Customer {first.Customer}")
                : ($"guest-{country.ToLowerInvariant()}", $"Guests from {first.Country}");
        return new(
            number,
            new(
                OnlineRetailIds.OfOrder(first.Invoice, at),
                first.Invoice,
                OnlineRetailIds.OfCustomer(number),
                name,
                // A domain that nobody can own.
                first.Customer.Length > 0
                    ? $"customer-{number}@online-retail.example"
                    : $"{number}@online-retail.example",
                country,
                Currency,
                at,
                isReturn,
                lines
            ),
            rows
        );
    }

    private static RejectReason? RefusedWhole(IReadOnlyList<OnlineRetailLine> invoice)
    {
        var first = invoice[0];
        if (!Number().IsMatch(first.Invoice))
        {
            return RejectReason.InvoiceNumber;
        }

        return first.Invoice[0] switch
        {
            'A' => RejectReason.BadDebt,
            _ when first.Customer.Length == 0 && invoice.All(line => line.UnitPrice == 0) =>
                RejectReason.StockCorrection,
            _ when OnlineRetailCountries.CodeOf(first.Country) is null => RejectReason.Country,
            _ => null,
        };
    }

    private static RejectReason? Refused(OnlineRetailLine line, OnlineRetailLine first, bool isReturn)
    {
        if (
            !string.Equals(line.Customer, first.Customer, StringComparison.Ordinal)
            || !string.Equals(line.Country, first.Country, StringComparison.Ordinal)
        )
        {
            return RejectReason.SeveralCustomers;
        }

        return line switch
        {
            _ when line.Quantity == 0 || line.Quantity < 0 != isReturn => RejectReason.Quantity,
            { UnitPrice: < 0 } => RejectReason.NegativePrice,
            _ when line.UnitPrice * 100 % 1 != 0 => RejectReason.FinePrice,
            _ => null,
        };
    }

    private async ValueTask<OnlineRetailOrder?> RejectAllAsync(
        IReadOnlyList<OnlineRetailLine> lines,
        RejectReason reason
    )
    {
        foreach (var line in lines)
        {
            await reject(line, reason);
        }

        return null;
    }

    [GeneratedRegex(@"\A[AC]?[0-9]{1,20}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();
}
