using System.Globalization;
using System.Security.Cryptography;
using TwoHosts;

#pragma warning disable RS0030 // A command line.
// A monolith without OrderSearch and Analytics, and a second Host with only these two, each on a PostgreSQL of its own.
// Orders are placed with the first; in the end the second must have the same searches and the same revenue.
// With --faults both are killed meanwhile, and so is the second one's PostgreSQL.
const int Orders = 40;
var faults = args.Contains("--faults", StringComparer.Ordinal);
using CancellationTokenSource limit = new(TimeSpan.FromMinutes(6));
var keys = Directory.CreateTempSubdirectory("two-hosts-keys-");
using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
{
    await File.WriteAllTextAsync(Path.Combine(keys.FullName, "reports.key"), key.ExportPkcs8PrivateKeyPem());
    await File.WriteAllTextAsync(Path.Combine(keys.FullName, "reports.pub"), key.ExportSubjectPublicKeyInfoPem());
}

string[] sources = ["orders", "payments", "customers", "users", "shipping"];
var port = RunningHost.FreePort();
await using RunningHost shop = new(
    port,
    new(StringComparer.Ordinal)
    {
        ["Modules__Enabled"] = "users,customers,catalog,inventory,orders,payments,shipping,content",
        ["Feeds__Name"] = "shop",
        ["Feeds__Readers__reports__Modules"] = string.Join(',', sources),
        ["Feeds__Readers__reports__PublicKeyFile"] = Path.Combine(keys.FullName, "reports.pub"),
        ["Demo__AdminPassword"] = Customer.Password,
        ["Demo__CustomerPassword"] = Customer.Password,
    },
    Console.Error.WriteLine
);
Dictionary<string, string> settings = new(StringComparer.Ordinal)
{
    ["Modules__Enabled"] = "order_search,analytics",
    ["Feeds__Name"] = "reports",
    ["Feeds__PrivateKeyFile"] = Path.Combine(keys.FullName, "reports.key"),
};
foreach (var source in sources)
{
    settings[$"Feeds__Sources__{source}__Uri"] = string.Create(
        CultureInfo.InvariantCulture,
        $"http://127.0.0.1:{port}"
    );
    settings[$"Feeds__Sources__{source}__Audience"] = "shop";
}

await using RunningHost reports = new(RunningHost.FreePort(), settings, Console.Error.WriteLine);
try
{
    await Task.WhenAll(shop.StartAsync(limit.Token), reports.StartAsync(limit.Token));
    Console.WriteLine($"shop    {shop.Address}   all modules but OrderSearch and Analytics");
    Console.WriteLine($"reports {reports.Address}   OrderSearch and Analytics, on a database of its own");
    using Customer customer = new(shop.Address);
    var placing = customer.PlaceAsync(Orders, limit.Token);
    if (faults)
    {
        foreach (var host in new[] { reports, shop, reports })
        {
            await Task.WhenAny(placing, customer.PlacedAnotherAsync(Orders / 5, limit.Token)).Unwrap();
            await host.KillAsync(limit.Token);
            await host.StartAsync(limit.Token);
            Console.WriteLine($"{host.Address} was killed and started again");
        }

        await Task.WhenAny(placing, customer.PlacedAnotherAsync(Orders / 5, limit.Token)).Unwrap();
        await reports.KillPostgresAsync(limit.Token);
        Console.WriteLine($"the PostgreSQL of {reports.Address} was killed");
    }

    await placing;
    Comparison comparison = new(await shop.ConnectAsync(limit.Token), await reports.ConnectAsync(limit.Token));
    var found = await comparison.WaitAsync(sources, Orders, limit.Token);
    Console.WriteLine(found);
    return found.AllAgrees ? 0 : 1;
}
finally
{
    keys.Delete(recursive: true);
}
