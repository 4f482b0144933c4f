using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Host.Tests.Running;

namespace Host.Tests.OnlineRetail;

/// <summary>Real rows through the real Host, killed and run again, add up to what the file adds up to.</summary>
public sealed class ImportTests
{
    private const int APage = 100;

    private static readonly string[] Refused =
    [
        "999001,REFUSED-1,From the future,1,2099-12-30 08:26:00,2.55,99001.0,United Kingdom",
        "999002,REFUSED-2,From the future,1,2099-12-31 08:26:00,2.55,99002.0,United Kingdom",
    ];

    // Enough for the whole file on a machine that has other things to do.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    [Fact]
    public async Task Killed_midway_and_run_again_twice_every_order_is_there_once_and_every_sum_is_that_of_the_file()
    {
        using HostSettings settings = new();
        var books = Books.Read(Books.Path);
        var rejects = Path.Combine(settings.DataFolder, "rejects.csv");
        string[] import = ["import", "online-retail", WithRefused(settings.DataFolder), "--rejects", rejects];

        await using (var host = await HostProcess.StartAsync(settings))
        {
            using var shop = await Shop.EnterAsync(host);
            await KillInTheMiddleAsync(settings, import, shop.Admin, books);
            File.Exists(rejects).ShouldBeFalse("The file of rejected rows is put in place when it is complete.");

            await RunsAsync(settings, import);
        }

        // Alone, without the Host that has done the modules' work meanwhile.
        (await RunsAsync(settings, import)).ShouldContain("0 orders and returns, 0 customers, 0 products are new");

        await using var again = await HostProcess.StartAsync(settings);
        using var admin = (await Shop.EnterAsync(again)).Admin;
        var rejected = await File.ReadAllLinesAsync(rejects, TestContext.Current.CancellationToken);
        rejected.Length.ShouldBe(1 + books.Rows + Refused.Length - books.Lines.Count, "No row is lost.");
        rejected
            .Where(line =>
                line.Contains("The time of an imported order is not in the future.", StringComparison.Ordinal)
            )
            .Select(line => line[line.IndexOf("99900", StringComparison.Ordinal)..])
            .ShouldBe(Refused);
        (await admin.Get("/operations/parked-events")).Expect(HttpStatusCode.OK).AsArray().ShouldBeEmpty();
        await CheckRevenueAsync(admin, books);
        await CheckSearchAsync(admin, books);
    }

    /// <summary>The file, and behind its rows those that a module refuses.</summary>
    private static string WithRefused(string folder)
    {
        var path = Path.Combine(folder, "with-refused.csv.gz");
        File.Copy(Books.Path, path);
        using FileStream file = new(path, FileMode.Append);
        using GZipStream packed = new(file, CompressionLevel.Fastest);
        packed.Write(Encoding.UTF8.GetBytes(string.Concat(Refused.Select(row => row + "\n"))));
        return path;
    }

    private static async Task KillInTheMiddleAsync(HostSettings settings, string[] import, Api admin, Books books)
    {
        await using var running = HostProcess.Launch(settings, import);
        await Shop.Eventually(
            async () => (await admin.Get($"/orders?limit={APage}")).Expect(HttpStatusCode.OK)["items"]!.AsArray().Count,
            taken => taken == APage
        );
        running.Kill();

        (await OrdersAsync(admin)).Count.ShouldBeLessThan(
            Invoices(books.Lines),
            "The import was killed too late for this test to show anything."
        );
    }

    private static async Task<string> RunsAsync(HostSettings settings, string[] import)
    {
        await using var running = HostProcess.Launch(settings, import);
        (await running.EndAsync(Patience)).ShouldBe(0, running.Errors + running.Output);
        running.Output.ShouldContain("Every module has applied everything.");
        TestContext.Current.SendDiagnosticMessage(running.Output);
        return running.Output;
    }

    private static async Task CheckRevenueAsync(Api admin, Books books)
    {
        await CheckRevenueAsync(admin, "country", "", books.Lines, line => line.Country, countsOrders: true);
        await CheckRevenueAsync(admin, "product", "", books.Lines, line => line.Product, countsOrders: false);
        foreach (var month in books.Lines.GroupBy(line => line.Month, StringComparer.Ordinal))
        {
            var first = DateTime.Parse($"{month.Key}-01", CultureInfo.InvariantCulture);
            var span = string.Create(
                CultureInfo.InvariantCulture,
                $"&from={first:yyyy-MM-dd}&to={first.AddMonths(1).AddDays(-1):yyyy-MM-dd}"
            );
            await CheckRevenueAsync(
                admin,
                "day",
                span,
                month,
                line => line.At.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                countsOrders: true
            );
            await CheckRevenueAsync(admin, "country", span, month, line => line.Country, countsOrders: true);
            await CheckRevenueAsync(admin, "product", span, month, line => line.Product, countsOrders: false);
        }
    }

    private static async Task CheckRevenueAsync(
        Api admin,
        string by,
        string span,
        IEnumerable<BookedLine> lines,
        Func<BookedLine, string> key,
        bool countsOrders
    )
    {
        var report = (await admin.Get($"/analytics/revenue?by={by}{span}")).Expect(HttpStatusCode.OK)[
            "items"
        ]!.AsArray();

        string Told(JsonNode? item) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{item!["key"]} {item["currency"]} {(long)item["revenueMinor"]!} {(long)item["quantityConfirmed"]!} "
                    + $"{(long)item["quantityCancelled"]!} "
                    + $"{(countsOrders ? $"{item["ordersConfirmed"]} {item["ordersCancelled"]}" : "")}"
            );

        string Expected(IGrouping<string, BookedLine> group) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{group.Key} GBP {group.Sum(line => line.Amount) * 100:0} "
                    + $"{group.Where(line => !line.IsReturn).Sum(line => line.Quantity)} "
                    + $"{-group.Where(line => line.IsReturn).Sum(line => line.Quantity)} "
                    + $"{(countsOrders ? $"{Invoices(group, isReturn: false)} {Invoices(group, isReturn: true)}" : "")}"
            );

        report
            .Select(Told)
            .Order(StringComparer.Ordinal)
            .ShouldBe(
                lines.GroupBy(key, StringComparer.Ordinal).Select(Expected).Order(StringComparer.Ordinal),
                $"by {by}{span}"
            );
    }

    private static int Invoices(IEnumerable<BookedLine> lines, bool isReturn) =>
        Invoices(lines.Where(line => line.IsReturn == isReturn));

    private static int Invoices(IEnumerable<BookedLine> lines) =>
        lines.Select(line => line.Invoice).Distinct(StringComparer.Ordinal).Count();

    private static async Task CheckSearchAsync(Api admin, Books books)
    {
        // A customer who moved is found where they live now, with all that they ever ordered.
        var homes = books.HomeOfCustomers;
        foreach (var country in books.Lines.GroupBy(line => homes[line.Customer], StringComparer.Ordinal))
        {
            await CheckSearchAsync(admin, $"country={country.Key}", country);
        }

        foreach (var month in books.Lines.Select(line => line.Month).Distinct(StringComparer.Ordinal))
        {
            await CheckSearchAsync(
                admin,
                $"confirmedSince={month}-01",
                books.Lines.Where(line => string.CompareOrdinal(line.Month, month) >= 0)
            );
        }

        foreach (
            var product in books
                .Lines.GroupBy(line => line.Product, StringComparer.Ordinal)
                .OrderByDescending(product => product.Count())
                .Take(20)
        )
        {
            var invoices = product.Select(line => line.Invoice).ToHashSet(StringComparer.Ordinal);
            await CheckSearchAsync(
                admin,
                $"sku={product.Key}",
                books.Lines.Where(line => invoices.Contains(line.Invoice))
            );
        }
    }

    private static async Task CheckSearchAsync(Api admin, string filter, IEnumerable<BookedLine> lines)
    {
        var found = await AllAsync(admin, $"/order-search?{filter}&limit={APage}");

        (int, int, long) told = (
            found.Count(order => (string)order["status"]! is "confirmed"),
            found.Count(order => (string)order["status"]! is "cancelled"),
            found.Sum(order =>
                (string)order["status"]! is "cancelled" ? -(long)order["totalMinor"]! : (long)order["totalMinor"]!
            )
        );
        told.ShouldBe(
            (
                Invoices(lines, isReturn: false),
                Invoices(lines, isReturn: true),
                (long)(lines.Sum(line => line.Amount) * 100)
            ),
            filter
        );
    }

    private static Task<List<JsonNode>> OrdersAsync(Api admin) => AllAsync(admin, $"/orders?limit={APage}", "after");

    private static async Task<List<JsonNode>> AllAsync(Api api, string path, string next = "cursor")
    {
        List<JsonNode> all = [];
        var cursor = "";
        do
        {
            var page = (await api.Get(path + cursor)).Expect(HttpStatusCode.OK);
            all.AddRange(page["items"]!.AsArray().Select(item => item!));
            cursor = (string?)page["nextCursor"] is { } more ? $"&{next}={more}" : "";
        } while (cursor.Length > 0);

        return all;
    }
}
