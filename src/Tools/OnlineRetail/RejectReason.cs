using BuildingBlocks.Application;

namespace OnlineRetail;

/// <summary>Why a row was not taken. See docs/guides/import.md for each.</summary>
/// <param name="Code">Stands in the rejects file.</param>
/// <param name="Meaning">For the summary.</param>
internal sealed record RejectReason(string Code, string Meaning)
{
    private const int MostFaults = 3;

    /// <summary>
    /// What stands beside the row: a module's reason says all that it said, for the codes of the import are explained
    /// and those are not.
    /// </summary>
    public string Text { get; private init; } = Code;

    /// <summary>A module does not take it.</summary>
    public static RejectReason Of(Error refusal)
    {
        // The path of a field begins with the command's list, whose only item this was.
        var faults = refusal
            .Fields.Take(MostFaults)
            .SelectMany(field => field.Value)
            .Distinct(StringComparer.Ordinal)
            .DefaultIfEmpty(refusal.Detail);
        var meaning = string.Join(' ', faults);
        return new(refusal.Code, meaning) { Text = $"{refusal.Code}: {meaning}" };
    }

    public static RejectReason Unreadable { get; } =
        new("unreadable-row", "not eight fields, or a number, date or text that cannot be one");

    public static RejectReason InvoiceNumber { get; } = new("invoice-number", "neither a number nor a number after C");

    public static RejectReason BadDebt { get; } = new("bad-debt", "an adjustment of the books, not a sale");

    public static RejectReason StockCorrection { get; } =
        new("stock-correction", "no customer and no price on the whole invoice: pieces found or written off");

    public static RejectReason Country { get; } = new("country-without-code", "not a country of ISO 3166-1");

    public static RejectReason SeveralCustomers { get; } =
        new("several-customers", "another customer or country than the invoice's first line");

    public static RejectReason Quantity { get; } =
        new("quantity-sign", "no pieces, pieces given back on an order, or pieces sold on a return");

    public static RejectReason NegativePrice { get; } = new("negative-price", "a price below zero");

    public static RejectReason FinePrice { get; } =
        new("price-finer-than-a-penny", "a price that the currency has no coins for");

    public static RejectReason StockCode { get; } = new("stock-code", "no stock keeping unit can be made of it");

    public static RejectReason StockCodeClash { get; } =
        new("stock-code-clash", "would become the stock keeping unit of another stock code");

    public static RejectReason TooLarge { get; } = new("too-large", "the whole invoice costs more than an order can");

    public static RejectReason Different { get; } =
        new("order-differs", "an order of this number is here already, with other content");
}
