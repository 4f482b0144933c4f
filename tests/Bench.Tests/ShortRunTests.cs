namespace Bench.Tests;

/// <summary>
/// The benchmarks run, check their own results and say all they are to say. How fast anything is, is not a test's
/// business.
/// </summary>
public sealed class ShortRunTests
{
    private static readonly string[] Costs =
    [
        "transactions-per-second",
        "statements-per-event",
        "transactions-per-event",
        "wal-bytes-per-event",
        "cpu-seconds-per-1000",
        "postgres-cpu-seconds-per-1000",
        "kb-allocated-per-event",
    ];
    private static readonly string[] Delivery = ["events-per-second", "p50-ms", "p95-ms", "p99-ms"];

    [Fact]
    public async Task The_event_log_and_what_it_is_held_against()
    {
        var figures = await ShortRun.Of("EventLog.Bench", "--short");

        foreach (
            var variant in (string[])["raw", "ef-no-event", "ef-publish", "ef-batch", "reaction", "batch-reaction"]
        )
        {
            Costs.Except(figures[variant], StringComparer.Ordinal).ShouldBeEmpty(variant);
            (
                variant is "ef-no-event" or "ef-publish"
                    ? []
                    : Delivery.Except(figures[variant], StringComparer.Ordinal)
            ).ShouldBeEmpty(variant);
        }
    }

    [Fact]
    public async Task Growth()
    {
        var figures = await ShortRun.Of("EventLog.Bench", "growth", "--short");

        figures["reaction"].ShouldBe(["idle-poll-us", "read-us", "drained-per-second"], ignoreOrder: true);
        figures["batch-reaction"].ShouldBe(["drained-per-second"]);
        figures["subscriptions"].ShouldBe(["drained-per-second", "idle-looks-per-second"], ignoreOrder: true);
    }

    [Fact]
    public async Task Tokens()
    {
        var figures = await ShortRun.Of("EventLog.Bench", "tokens", "--short");

        foreach (var variant in (string[])["token", "no-token"])
        {
            figures[variant]
                .ShouldBe(
                    [
                        "events-per-second",
                        "statements-per-event",
                        "wal-bytes-per-event",
                        "cpu-seconds-per-1000",
                        "postgres-cpu-seconds-per-1000",
                        "kb-allocated-per-event",
                    ],
                    ignoreOrder: true
                );
        }
    }
}
