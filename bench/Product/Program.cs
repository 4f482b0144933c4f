using System.CommandLine;
using EventLog.Bench;
using Product.Bench;
using Spectre.Console;

Option<bool> brief = new("--short")
{
    Description = "A run of about a minute: it shows that everything works, and no figure worth anything.",
};
Option<int> rounds = new("--rounds") { Description = "How often each part is measured.", DefaultValueFactory = _ => 5 };
Option<int> orders = new("--orders") { Description = "Orders of one measurement.", DefaultValueFactory = _ => 2_000 };
Option<int[]> clients = new("--clients")
{
    Description = "Clients that order at once; may be given several times.",
    DefaultValueFactory = _ => [1, 8, 32],
};
Option<FileInfo> published = new("--host")
{
    Description =
        "The Host.dll of 'dotnet publish -c Release src/Host'; else the one built beside the benchmark, whose methods "
        + "are compiled while it runs.",
    HelpName = "file",
};
published.AcceptExistingOnly();
Option<FileInfo?> json = new("--json") { Description = "Writes the figures to this file.", HelpName = "file" };
RootCommand root = new(
    "Measures the whole product: a Host process in its Release build, called over HTTP. Start it with -c Release."
)
{
    brief,
    rounds,
    orders,
    clients,
    published,
    json,
};
root.SetAction(
    async (given, cancellationToken) =>
    {
        var isShort = given.GetValue(brief);
        ProductOptions options = isShort
            ? new(
                Rounds: 1,
                Orders: 40,
                Clients: [4],
                Settling: TimeSpan.Zero,
                IdleTime: TimeSpan.FromSeconds(2),
                Searches: 5,
                Pending: 50
            )
            : new(
                given.GetValue(rounds),
                given.GetValue(orders),
                given.GetValue(clients)!,
                Settling: TimeSpan.FromSeconds(75),
                IdleTime: TimeSpan.FromSeconds(30),
                Searches: 200,
                Pending: 3_000
            );
        options = options with { HostAssembly = given.GetValue(published)?.FullName };
        Figures figures = new();
        await AnsiConsole
            .Progress()
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new ElapsedTimeColumn()
            )
            .StartAsync(progress => ProductRounds.RunAsync(options, figures, progress, cancellationToken));
        Report.Show(figures, "clients");
        await Report.WriteAsync(figures, given.GetValue(json), svg: null, cancellationToken);
    }
);
return await root.Parse(args).InvokeAsync();
