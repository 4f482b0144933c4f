using System.Diagnostics;
using System.Text.Json;

namespace Bench.Tests;

/// <summary>The benchmarks run, check their own results and say all they are to say. How fast anything is, is not a test's business.</summary>
public sealed class ShortRunTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly string[] Costs =
        ["transactions-per-second", "statements-per-event", "transactions-per-event", "wal-bytes-per-event", "cpu-seconds-per-1000", "postgres-cpu-seconds-per-1000", "kb-allocated-per-event"];
    private static readonly string[] Delivery = ["events-per-second", "p50-ms", "p95-ms", "p99-ms"];

    [Fact]
    public async Task The_event_log_and_what_it_is_held_against()
    {
        var figures = await Run("EventLog.Bench", "--short");

        foreach (var variant in (string[])["raw", "ef-no-event", "ef-publish", "ef-batch", "reaction", "batch-reaction"])
        {
            Costs.Except(figures[variant], StringComparer.Ordinal).ShouldBeEmpty(variant);
            (variant is "ef-no-event" or "ef-publish" ? [] : Delivery.Except(figures[variant], StringComparer.Ordinal)).ShouldBeEmpty(variant);
        }
    }

    [Fact]
    public async Task Growth()
    {
        var figures = await Run("EventLog.Bench", "growth", "--short");

        figures["reaction"].ShouldBe(["idle-poll-us", "read-us", "drained-per-second"], ignoreOrder: true);
        figures["batch-reaction"].ShouldBe(["drained-per-second"]);
        figures["subscriptions"].ShouldBe(["drained-per-second", "idle-looks-per-second"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_whole_product()
    {
        var figures = await Run("Product.Bench", "--short");

        figures["product"].ShouldBe(
            [
                "first-start-s", "start-postgres-starting-s", "idle-core-percent", "idle-memory-mb", "idle-statements-per-second", "orders-per-second",
                "request-p50-ms", "request-p99-ms", "saga-p50-ms", "saga-p99-ms", "search-p50-ms", "search-p99-ms", "start-postgres-running-s", "applied-after-start-s",
            ],
            ignoreOrder: true);
    }

    /// <summary>The names of the figures by variant; each of them is a number, and lies within its range.</summary>
    private static async Task<Dictionary<string, string[]>> Run(string program, params string[] arguments)
    {
        var json = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{program}.dll"), .. arguments, "--json", json]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            using var process = Process.Start(start)!;
            using CancellationTokenSource limit = new(Limit);
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            finally
            {
                process.Kill(entireProcessTree: true);
            }

            process.ExitCode.ShouldBe(0, await output + await errors);
            var figures = JsonSerializer.Deserialize<Figure[]>(await File.ReadAllTextAsync(json, limit.Token), JsonSerializerOptions.Web)!;
            figures.ShouldAllBe(one => one.Min >= 0 && one.Min <= one.Median && one.Median <= one.Max && double.IsFinite(one.Max));
            return figures.GroupBy(one => one.Variant, StringComparer.Ordinal)
                .ToDictionary(variant => variant.Key, variant => variant.Select(one => one.Name).Distinct(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);
        }
        finally
        {
            File.Delete(json);
        }
    }

    private sealed record Figure(string Variant, [property: System.Text.Json.Serialization.JsonPropertyName("figure")] string Name, double Median, double Min, double Max);
}
