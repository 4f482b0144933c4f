using System.CommandLine;
using EventLog.Bench;

Option<bool> brief = new("--short")
{
    Description = "A run of under a minute: it shows that everything works, and no figure worth anything.",
};
Option<int> rounds = new("--rounds")
{
    Description = "How often each variant is measured, in turn with the others.",
    DefaultValueFactory = _ => 5,
};
Option<int> events = new("--events")
{
    Description = "Events of one measurement, after a tenth as many to warm up.",
    DefaultValueFactory = _ => 20_000,
};
Option<int[]> producers = new("--producers")
{
    Description = "Tasks that publish at once; may be given several times.",
    DefaultValueFactory = _ => [1, 8, 32],
};
Option<string[]> only = new("--variant")
{
    Description = "Only these variants; may be given several times. All when left out.",
};
Option<FileInfo?> json = new("--json") { Description = "Writes the figures to this file.", HelpName = "file" };
Option<FileInfo?> svg = new("--svg") { Description = "Draws events per second into this file.", HelpName = "file" };
only.AcceptOnlyFromAmong([.. Variant.All.Select(variant => variant.Name)]);
RootCommand root = new(
    "Publishes orders in one module, records them in another, and measures our event log beside hand-written ones in "
        + "the same run."
)
{
    brief,
    rounds,
    events,
    producers,
    only,
    json,
    svg,
};
root.SetAction(
    async (given, cancellationToken) =>
    {
        var isShort = given.GetValue(brief);
        BenchOptions options = isShort
            ? new(Rounds: 1, Events: 400, Warmup: 100, Producers: [8], LatencyTime: TimeSpan.FromSeconds(1))
            : new(
                given.GetValue(rounds),
                given.GetValue(events),
                given.GetValue(events) / 10,
                given.GetValue(producers)!,
                TimeSpan.FromSeconds(20)
            );
        var variants = Variant
            .All.Where(variant =>
                given.GetValue(only) is not { Length: > 0 } names
                || names.Contains(variant.Name, StringComparer.Ordinal)
            )
            .ToArray();
        return await Rounds.RunAsync(options, variants, given.GetValue(json), given.GetValue(svg), cancellationToken);
    }
);

Option<int> most = new("--history")
{
    Description = "Events in the outbox at most; measured with a thousandth and a tenth as many as well.",
    DefaultValueFactory = _ => 10_000_000,
};
Option<int> backlog = new("--backlog")
{
    Description = "Events that wait when the consumer starts.",
    DefaultValueFactory = _ => 100_000,
};
Option<int[]> subscriptions = new("--subscriptions")
{
    Description = "Modules that each apply a tenth of the backlog; may be given several times.",
    DefaultValueFactory = _ => [2, 10, 30],
};
Option<int> growthRounds = new("--rounds")
{
    Description = "How often each is measured.",
    DefaultValueFactory = _ => 3,
};
Command growth = new("growth", "Measures what a long history, a long backlog and lanes do to the figures.")
{
    brief,
    growthRounds,
    most,
    backlog,
    subscriptions,
    json,
};
growth.SetAction(
    (given, cancellationToken) =>
        Growth.RunAsync(
            given.GetValue(brief)
                ? new(Rounds: 1, History: 20_000, Backlog: 2_000, Subscriptions: [3], IdleTime: TimeSpan.FromSeconds(1))
                : new(
                    given.GetValue(growthRounds),
                    given.GetValue(most),
                    given.GetValue(backlog),
                    given.GetValue(subscriptions)!,
                    TimeSpan.FromSeconds(10)
                ),
            given.GetValue(json),
            cancellationToken
        )
);
root.Add(growth);

Option<int> tokenRounds = new("--rounds") { Description = "How often each is measured.", DefaultValueFactory = _ => 9 };
Command tokens = new("tokens", "Measures what its concurrency token costs a reaction that finds a row and changes it.")
{
    brief,
    tokenRounds,
    events,
    json,
};
tokens.SetAction(
    (given, cancellationToken) =>
        Tokens.RunAsync(
            given.GetValue(brief)
                ? new(Rounds: 1, Events: 400)
                : new(given.GetValue(tokenRounds), given.GetValue(events)),
            given.GetValue(json),
            cancellationToken
        )
);
root.Add(tokens);
return await root.Parse(args).InvokeAsync();
