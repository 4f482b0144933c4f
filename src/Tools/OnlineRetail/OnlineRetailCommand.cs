using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Monitoring;
using BuildingBlocks.Modules;
using Microsoft.Extensions.DependencyInjection;

namespace OnlineRetail;

/// <summary>
/// The command <c>online-retail</c> of the Host's <c>import</c>: takes in the Online Retail data set. See
/// docs/guides/import.md.
/// </summary>
public static class OnlineRetailCommand
{
    private static readonly string[] Needed = ["customers", "catalog", "orders"];

    private static readonly Argument<string> File = new("file")
    {
        Description = "The gzip-compressed CSV file of the Online Retail data set; see docs/guides/import.md.",
    };

    private static readonly Option<string> RejectsFile = new("--rejects")
    {
        Description = "Where rows that cannot be taken are written to; in the current folder when left out.",
        HelpName = "file",
    };

    /// <summary>The command with its arguments.</summary>
    public static Command Create() =>
        new(
            "online-retail",
            "Takes in customers, products, orders and returns. Run again, it goes on where it stood and doubles "
                + "nothing."
        )
        {
            File,
            RejectsFile,
        };

    /// <summary>Carries it out.</summary>
    /// <param name="parsed">What the command was given.</param>
    /// <param name="withModules">Runs work with the services of a Host in which the modules run.</param>
    /// <param name="stop">Breaks off; what was taken so far stays, and the next run goes on from there.</param>
    /// <exception cref="StartupException">The file cannot be taken, or a module that it is for does not
    /// run.</exception>
    public static async Task RunAsync(
        ParseResult parsed,
        Func<Func<IServiceProvider, Task>, Task> withModules,
        CancellationToken stop
    )
    {
        var startedAt = Stopwatch.GetTimestamp();
        var output = parsed.InvocationConfiguration.Output;
        var progress = ImportProgress.On(output);
        var path = parsed.GetRequiredValue(File);

        // What is wrong with the file is said before anything is started or changed.
        OnlineRetailFile file = new(path);
        var invoices = await progress.During("Checking", "lines", total: 0, read =>
            OnlineRetailInvoices.CountAsync(file, read, stop)
        );
        await using Rejects rejects = new(parsed.GetValue(RejectsFile) ?? RejectsOf(path), path);

        try
        {
            await withModules(async services =>
            {
                EnsureModules(services.GetRequiredService<ModuleCatalog>());
                OnlineRetailImport import = new(
                    invoices,
                    services.GetRequiredService<ModuleCommands>(),
                    rejects,
                    progress
                );
                var totals = await import.RunAsync(stop);
                await output.WriteLineAsync(Summary(path, totals, rejects, Stopwatch.GetElapsedTime(startedAt)));
                await FollowAsync(
                    new(
                        services.GetRequiredService<SubscriptionMonitor>(),
                        services.GetRequiredService<TimeProvider>()
                    ),
                    progress,
                    output,
                    stop
                );
            });
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(
                "What was taken so far stays. Run the same command again to go on."
            );
            throw;
        }
    }

    private static void EnsureModules(ModuleCatalog catalog)
    {
        if (
            Needed.Except(catalog.Modules.Select(module => module.Name), StringComparer.Ordinal).ToArray() is
            { Length: > 0 } missing
        )
        {
            throw new StartupException(
                $"The import needs the modules {string.Join(", ", Needed)}, but Modules:Enabled leaves out "
                    + $"{string.Join(", ", missing)}."
            );
        }
    }

    private static async Task FollowAsync(
        Consumers consumers,
        ImportProgress progress,
        TextWriter output,
        CancellationToken stop
    )
    {
        var behind = await consumers.PendingAsync(stop);
        var parked = await progress.During("Following", "events", behind, done =>
            consumers.CatchUpAsync(left => done(Math.Max(0, behind - left)), stop)
        );
        await output.WriteLineAsync(
            parked == 0
                ? "Every module has applied everything."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"Every module has applied everything but {parked:N0} events that failed and are set aside; see "
                        + $"GET /operations/parked-events."
                )
        );
    }

    private static string RejectsOf(string path)
    {
        var name = Path.GetFileName(path);
        foreach (var extension in (string[])[".gz", ".csv"])
        {
            name = name.EndsWith(extension, StringComparison.OrdinalIgnoreCase) ? name[..^extension.Length] : name;
        }

        // In the current folder: the file's own may be anybody's.
        return $"{name}.rejects.csv";
    }

    private static string Summary(string path, ImportTotals totals, Rejects rejects, TimeSpan took)
    {
        var before = totals.Orders + totals.Returns - totals.NewOrders;
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)}: {totals.Rows:N0} lines");
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"  taken     {totals.Lines:N0} lines as {totals.Orders:N0} orders and {totals.Returns:N0} returns, "
                + $"{totals.SumMinor / 100m:N2} GBP"
        );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"            {totals.Customers:N0} customers, {totals.Products:N0} products"
        );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"  of these  {totals.NewOrders:N0} orders and returns, {totals.NewCustomers:N0} customers, "
                + $"{totals.NewProducts:N0} products are new; {before:N0} orders were here"
        );
        text.AppendLine(CultureInfo.InvariantCulture, $"  rejected  {rejects.Rows:N0} lines, in {rejects.Path}");
        foreach (var (reason, rows) in rejects.ByReason)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"            {rows, 9:N0}  {reason.Code}: {reason.Meaning}");
        }

        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"  took      {took.TotalSeconds:N1} s: {totals.Rows / took.TotalSeconds:N0} lines/s, "
                + $"{(totals.Orders + totals.Returns) / took.TotalSeconds:N0} orders/s"
        );
        using var self = Process.GetCurrentProcess();
        text.Append(CultureInfo.InvariantCulture, $"  memory    {self.PeakWorkingSet64 / 1024 / 1024:N0} MiB at most");
        return text.ToString();
    }
}
