using Spectre.Console;

namespace EventLog.Bench;

/// <summary>What is measured.</summary>
/// <param name="Rounds">How often each variant is measured, in turn with the others.</param>
/// <param name="Events">Of one measurement.</param>
/// <param name="Warmup">Events before it, not measured.</param>
/// <param name="Producers">How many tasks publish at once, one measurement each.</param>
/// <param name="LatencyTime">How long 200 events a second are published for the latencies.</param>
internal sealed record BenchOptions(int Rounds, int Events, int Warmup, int[] Producers, TimeSpan LatencyTime);

/// <summary>Measures the variants in turn and shows the figures.</summary>
internal static class Rounds
{
    private const int LatencyRate = 200;

    public static async Task<int> RunAsync(
        BenchOptions options,
        IReadOnlyList<Variant> variants,
        FileInfo? json,
        FileInfo? svg,
        CancellationToken cancellationToken
    )
    {
        await using var server = await Server.StartAsync(cancellationToken);
        Figures figures = new();
        try
        {
            await AnsiConsole
                .Progress()
                .Columns(
                    new TaskDescriptionColumn(),
                    new ProgressBarColumn(),
                    new PercentageColumn(),
                    new RemainingTimeColumn()
                )
                .StartAsync(async progress =>
                {
                    var works = variants.Sum(variant => options.Producers.Length + (variant.Delivers ? 1 : 0));
                    var task = progress.AddTask("starting", maxValue: variants.Count + (options.Rounds * works));
                    await MeasureAsync(server, options, variants, figures, task, cancellationToken);
                });
        }
        catch (WrongResultException wrong)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{wrong.Message}[/]");
            return 1;
        }

        Report.Show(figures, "producers");
        await Report.WriteAsync(figures, json, svg, cancellationToken);
        return 0;
    }

    private static async Task MeasureAsync(
        Server server,
        BenchOptions options,
        IReadOnlyList<Variant> variants,
        Figures figures,
        ProgressTask task,
        CancellationToken cancellationToken
    )
    {
        // What the runtime compiles anew once it has been executed often is compiled before anything counts.
        foreach (var variant in variants)
        {
            task.Description = $"{variant.Name}, warming up";
            var most = options.Producers.Max();
            await Measurement.OfLoadAsync(server, variant, most, options, figures: new(), cancellationToken);
            task.Increment(1);
        }

        for (var round = 0; round < options.Rounds; round++)
        {
            // Each round in another order: what the machine does meanwhile must not always meet the same variant.
            foreach (var variant in round % 2 == 0 ? variants : variants.Reverse())
            {
                foreach (var producers in options.Producers)
                {
                    task.Description = $"{variant.Name}, {producers} producers";
                    await Measurement.OfLoadAsync(server, variant, producers, options, figures, cancellationToken);
                    task.Increment(1);
                }

                if (variant.Delivers)
                {
                    task.Description = $"{variant.Name}, {LatencyRate}/s";
                    await Measurement.OfLatencyAsync(server, variant, LatencyRate, options, figures, cancellationToken);
                    task.Increment(1);
                }
            }
        }
    }
}

/// <summary>A variant that loses, doubles or reorders has no speed.</summary>
internal sealed class WrongResultException(string message) : Exception(message);
