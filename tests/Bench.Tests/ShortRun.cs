using System.Diagnostics;
using System.Text.Json;

namespace Bench.Tests;

/// <summary>Runs a benchmark as whoever measures does.</summary>
internal static class ShortRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>The names of the figures by variant; each of them is a number, and lies within its range.</summary>
    public static async Task<Dictionary<string, string[]>> Of(string program, params string[] arguments)
    {
        var json = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = new(
                "dotnet",
                [Path.Combine(AppContext.BaseDirectory, $"{program}.dll"), .. arguments, "--json", json]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            using var process = Process.Start(start)!;
            using CancellationTokenSource limit = new(Limit);
            var (output, errors) = (
                process.StandardOutput.ReadToEndAsync(limit.Token),
                process.StandardError.ReadToEndAsync(limit.Token)
            );
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            finally
            {
                process.Kill(entireProcessTree: true);
            }

            process.ExitCode.ShouldBe(0, await output + await errors);
            var figures = JsonSerializer.Deserialize<Figure[]>(
                await File.ReadAllTextAsync(json, limit.Token),
                JsonSerializerOptions.Web
            )!;
            figures.ShouldAllBe(one =>
                one.Min >= 0 && one.Min <= one.Median && one.Median <= one.Max && double.IsFinite(one.Max)
            );
            return figures
                .GroupBy(one => one.Variant, StringComparer.Ordinal)
                .ToDictionary(
                    variant => variant.Key,
                    variant => variant.Select(one => one.Name).Distinct(StringComparer.Ordinal).ToArray(),
                    StringComparer.Ordinal
                );
        }
        finally
        {
            File.Delete(json);
        }
    }

    private sealed record Figure(
        string Variant,
        [property: System.Text.Json.Serialization.JsonPropertyName("figure")] string Name,
        double Median,
        double Min,
        double Max
    );
}
