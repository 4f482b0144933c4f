using System.Diagnostics;
using System.Globalization;
using System.Text;
using BuildingBlocks.Application;
using BuildingBlocks.Messaging;
using BuildingBlocks.Modules;
using Host.Startup;

namespace Host.Import;

/// <summary>One run of an import: a Host that listens to nobody, beside others on the same database or alone.</summary>
internal static class ImportRun
{
    /// <summary>What a person sees is the progress; warnings are shown all the same. Given settings come after these and win.</summary>
    private static readonly string[] Quiet = ["--Host:Listens", "false", "--Logging:LogLevel:Default", "Warning"];

    public static async Task OnlineRetailAsync(
        Func<string[], WebApplication> compose, string[] settings, string path, string? rejectsPath, CancellationToken stop)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var progress = ImportProgress.On(Terminal.Output);

        // What is wrong with the file is said before anything is started or changed.
        OnlineRetailFile file = new(path);
        var invoices = await progress.During("Checking", "lines", total: 0, read => OnlineRetailInvoices.CountAsync(file, read, stop));
        await using Rejects rejects = new(rejectsPath ?? RejectsOf(path), path);

        await using HostDatabase database = new();
        await using var app = compose([.. Quiet, .. settings]);
        Installation.Validate(app);
        EnsureModules(app.Services.GetRequiredService<ModuleCatalog>());
        await database.GetReadyAsync(app, stop);
        app.Configuration[$"{DemoOptions.Section}:{nameof(DemoOptions.Enabled)}"] = bool.FalseString;
        await app.StartAsync(stop);
        try
        {
            var services = app.Services;
            OnlineRetailImport import = new(invoices, services.GetRequiredService<ModuleCommands>(), rejects, progress);
            var totals = await import.RunAsync(stop);
            await Terminal.Output.WriteLineAsync(Summary(path, totals, rejects, Stopwatch.GetElapsedTime(startedAt)));
            await FollowAsync(new(services.GetRequiredService<SubscriptionMonitor>(), services.GetRequiredService<TimeProvider>()), progress, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Terminal.Errors.WriteLineAsync("What was taken so far stays. Run the same command again to go on.");
            throw;
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
        }
    }

    private static void EnsureModules(ModuleCatalog catalog)
    {
        string[] needed = ["customers", "catalog", "orders"];
        if (needed.Except(catalog.Modules.Select(module => module.Name), StringComparer.Ordinal).ToArray() is { Length: > 0 } missing)
        {
            throw new StartupException($"The import needs the modules {string.Join(", ", needed)}, but Modules:Enabled leaves out {string.Join(", ", missing)}.");
        }
    }

    private static async Task FollowAsync(Consumers consumers, ImportProgress progress, CancellationToken stop)
    {
        var behind = await consumers.PendingAsync(stop);
        var parked = await progress.During("Following", "events", behind, done => consumers.CatchUpAsync(left => done(Math.Max(0, behind - left)), stop));
        await Terminal.Output.WriteLineAsync(parked == 0
            ? "Every module has applied everything."
            : string.Create(CultureInfo.InvariantCulture, $"Every module has applied everything but {parked:N0} events that failed and are set aside; see GET /operations/parked-events."));
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
        Line($"{Path.GetFileName(path)}: {totals.Rows:N0} lines");
        Line($"  taken     {totals.Lines:N0} lines as {totals.Orders:N0} orders and {totals.Returns:N0} returns, {totals.SumMinor / 100m:N2} GBP");
        Line($"            {totals.Customers:N0} customers, {totals.Products:N0} products");
        Line($"  of these  {totals.NewOrders:N0} orders and returns, {totals.NewCustomers:N0} customers, {totals.NewProducts:N0} products are new; {before:N0} orders were here");
        Line($"  rejected  {rejects.Rows:N0} lines, in {rejects.Path}");
        foreach (var (reason, rows) in rejects.ByReason)
        {
            Line($"            {rows,9:N0}  {reason.Code}: {reason.Meaning}");
        }

        Line($"  took      {took.TotalSeconds:N1} s: {totals.Rows / took.TotalSeconds:N0} lines/s, {(totals.Orders + totals.Returns) / took.TotalSeconds:N0} orders/s");
        using var self = Process.GetCurrentProcess();
        text.Append(CultureInfo.InvariantCulture, $"  memory    {self.PeakWorkingSet64 / 1024 / 1024:N0} MiB at most");
        return text.ToString();

        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
