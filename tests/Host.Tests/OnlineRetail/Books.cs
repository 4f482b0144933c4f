using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Host.Tests.OnlineRetail;

/// <summary>One row of the file that should have been taken.</summary>
/// <param name="Invoice">With its C when it is a return.</param>
/// <param name="Amount">Pounds; below zero when it came back.</param>
public sealed record BookedLine(
    string Invoice,
    string Product,
    string Customer,
    string Country,
    DateTime At,
    int Quantity,
    decimal Amount
)
{
    public bool IsReturn => Invoice[0] == 'C';

    public string Month => At.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}

/// <summary>
/// What the file adds up to, straight from its text and by docs/guides/import.md, sharing nothing with the importer: an
/// error that both make would have to be made twice.
/// </summary>
public sealed partial class Books
{
    private const string Countries =
        "Australia=AU;Austria=AT;Bahrain=BH;Belgium=BE;Brazil=BR;Canada=CA;Channel Islands=JE;Cyprus=CY;Czech "
        + "Republic=CZ;Denmark=DK;EIRE=IE;"
        + "Finland=FI;France=FR;Germany=DE;Greece=GR;Hong "
        + "Kong=HK;Iceland=IS;Israel=IL;Italy=IT;Japan=JP;Lebanon=LB;Lithuania=LT;Malta=MT;"
        + "Netherlands=NL;Norway=NO;Poland=PL;Portugal=PT;RSA=ZA;Saudi "
        + "Arabia=SA;Singapore=SG;Spain=ES;Sweden=SE;Switzerland=CH;"
        + "United Arab Emirates=AE;United Kingdom=GB;USA=US";

    /// <summary>
    /// Real rows with all oddities; see the README.md beside it. ONLINE_RETAIL_FILE names the whole file, for
    /// tests/Host.Tests/OnlineRetail/full-import.sh.
    /// </summary>
    public static string Path { get; } =
        Environment.GetEnvironmentVariable("ONLINE_RETAIL_FILE") is { Length: > 0 } whole ? whole : CutPath;

    public static string CutPath =>
        System.IO.Path.Combine(AppContext.BaseDirectory, "OnlineRetail", "Data", "online-retail-cut.csv.gz");

    private Books(int rows, List<BookedLine> lines) => (Rows, Lines) = (rows, lines);

    /// <summary>All rows, also those that should not have been taken.</summary>
    public int Rows { get; }

    public IReadOnlyList<BookedLine> Lines { get; }

    /// <summary>
    /// Where each customer lives after their last order; who is not named lives where the order says.
    /// </summary>
    public IReadOnlyDictionary<string, string> HomeOfCustomers =>
        Lines
            .GroupBy(line => line.Customer, StringComparer.Ordinal)
            .ToDictionary(
                customer => customer.Key,
                customer => customer.MaxBy(line => (line.At, line.Invoice.TrimStart('C')))!.Country,
                StringComparer.Ordinal
            );

    public static Books Read(string path)
    {
        using StreamReader text = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var codes = Countries
            .Split(';')
            .Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        var rows = text.ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Select(row =>
                Field()
                    .Matches(row)
                    .Select(field => field.Value.Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal))
                    .ToArray()
            )
            .ToList();
        rows.ShouldAllBe(row => row.Length == 8);

        // Half-priced things do not exist in pounds and pence, and what nobody bought for nothing is a correction of
        // the stock.
        var corrections = rows.GroupBy(row => row[0], StringComparer.Ordinal)
            .Where(invoice =>
                invoice.All(row => row[6].Length == 0 && decimal.Parse(row[5], CultureInfo.InvariantCulture) == 0)
            )
            .Select(invoice => invoice.Key)
            .ToHashSet(StringComparer.Ordinal);
        return new(
            rows.Count,
            [
                .. rows.Where(row => row[0][0] != 'A' && codes.ContainsKey(row[7]) && !corrections.Contains(row[0]))
                    .Where(row =>
                        decimal.Parse(row[5], CultureInfo.InvariantCulture) is var price
                        && decimal.Round(price, 2) == price
                    )
                    .Select(row => new BookedLine(
                        row[0],
                        row[1].ToUpperInvariant().Replace(' ', '-'),
                        row[6].Length > 0 ? row[6] : row[7],
                        codes[row[7]],
                        DateTime.Parse(row[4], CultureInfo.InvariantCulture),
                        int.Parse(row[3], CultureInfo.InvariantCulture),
                        int.Parse(row[3], CultureInfo.InvariantCulture)
                            * decimal.Parse(row[5], CultureInfo.InvariantCulture)
                    )),
            ]
        );
    }

    [GeneratedRegex(
        """(?<=^|,)("([^"]|"")*"|[^,]*)(?=,|$)""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex Field();
}
