using System.Globalization;

namespace OnlineRetail;

/// <summary>One row of the file that can be read.</summary>
/// <param name="Number">Its line in the file.</param>
/// <param name="Customer">The customer's number; empty when the file names none.</param>
internal sealed record OnlineRetailLine(
    long Number,
    string Invoice,
    string StockCode,
    string Description,
    int Quantity,
    DateTimeOffset At,
    decimal UnitPrice,
    string Customer,
    string Country
)
{
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss";
    private const int LongestText = 200;
    private const int MostPieces = 1_000_000;
    private const decimal HighestPrice = 1_000_000m;

    /// <summary>The row, or null when it cannot be read.</summary>
    public static OnlineRetailLine? Read(CsvReader row)
    {
        if (row.Count != OnlineRetailFile.Columns.Count)
        {
            return null;
        }

        var customer = row[6];
        if (customer.EndsWith(".0", StringComparison.Ordinal))
        {
            customer = customer[..^2];
        }

        // Dates have no zone; taking them as UTC keeps every line on the day the file has it on.
        return
            int.TryParse(row[3], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var quantity)
            && Math.Abs((long)quantity) <= MostPieces
            && DateTimeOffset.TryParseExact(
                row[4],
                TimeFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var at
            )
            && decimal.TryParse(
                row[5],
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var price
            )
            && Math.Abs(price) <= HighestPrice
            && customer.Length <= 20
            && !customer.ContainsAnyExceptInRange('0', '9')
            && IsText(row[2])
            && IsText(row[7])
            ? new(
                row.Line,
                row[0].ToString(),
                row[1].ToString(),
                row[2].Trim().ToString(),
                quantity,
                at,
                price,
                customer.ToString(),
                row[7].ToString()
            )
            : null;
    }

    /// <summary>The row as the file has it.</summary>
    public string[] ToFields() =>
        [
            Invoice,
            StockCode,
            Description,
            Quantity.ToString(CultureInfo.InvariantCulture),
            At.ToString(TimeFormat, CultureInfo.InvariantCulture),
            UnitPrice.ToString(CultureInfo.InvariantCulture),
            Customer.Length == 0 ? "" : $"{Customer}.0",
            Country,
        ];

    private static bool IsText(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character))
            {
                return false;
            }
        }

        return text.Length <= LongestText;
    }
}
