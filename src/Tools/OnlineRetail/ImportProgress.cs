using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OnlineRetail;

/// <summary>Shows how far a long piece of work has come, how fast it goes and how long it will take.</summary>
internal abstract class ImportProgress
{
    /// <summary>A bar where somebody looks at a terminal, else a plain line every few seconds.</summary>
    public static ImportProgress On(TextWriter output)
    {
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output) });
        return console.Profile is { Out.IsTerminal: true, Capabilities.Interactive: true }
            ? new OnTerminal(console)
            : new InLines(output);
    }

    /// <summary>Shows one piece of work while it goes on.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="unit">What is counted.</param>
    /// <param name="total">How many there are.</param>
    /// <param name="work">Says from time to time how many are done.</param>
    public abstract Task<T> During<T>(string name, string unit, long total, Func<Action<long>, Task<T>> work);

    private static string Rate(double done, TimeSpan elapsed, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{done / Math.Max(elapsed.TotalSeconds, 0.001):N0} {unit}/s");

    private sealed class OnTerminal(IAnsiConsole console) : ImportProgress
    {
        public override Task<T> During<T>(string name, string unit, long total, Func<Action<long>, Task<T>> work) =>
            console
                .Progress()
                .Columns(
                    new TaskDescriptionColumn { Alignment = Justify.Left },
                    new ProgressBarColumn(),
                    new PercentageColumn(),
                    new RateColumn(unit),
                    new RemainingTimeColumn()
                )
                .StartAsync(async display =>
                {
                    var task = display.AddTask(Markup.Escape(name.PadRight(9)), maxValue: Math.Max(total, 1));
                    task.IsIndeterminate = total == 0;
                    var answer = await work(done => task.Value = done);
                    task.IsIndeterminate = false;
                    task.Value = task.MaxValue;
                    return answer;
                });
    }

    private sealed class RateColumn(string unit) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(Rate(task.Value, task.ElapsedTime ?? TimeSpan.Zero, unit).PadLeft(18));
    }

    private sealed class InLines(TextWriter output) : ImportProgress
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

        public override async Task<T> During<T>(string name, string unit, long total, Func<Action<long>, Task<T>> work)
        {
            var startedAt = Stopwatch.GetTimestamp();
            var (lastAt, last) = (TimeSpan.Zero, 0L);
            var answer = await work(Tell);
            output.WriteLine(Line(last, Stopwatch.GetElapsedTime(startedAt)));
            return answer;

            void Tell(long done)
            {
                last = done;
                var elapsed = Stopwatch.GetElapsedTime(startedAt);
                if (elapsed - lastAt >= Pause)
                {
                    lastAt = elapsed;
                    output.WriteLine($"{Line(done, elapsed)}, {Left(done, elapsed)} left");
                }
            }

            string Line(long done, TimeSpan elapsed) =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: {done:N0}{(total > 0 ? $" of {total:N0}" : "")} {unit} in {elapsed.TotalSeconds:0.0} s, "
                        + $"{Rate(done, elapsed, unit)}"
                );

            string Left(long done, TimeSpan elapsed) =>
                done == 0 || total < done
                    ? "unknown"
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{elapsed.TotalSeconds * (total - done) / done:0} s"
                    );
        }
    }
}
