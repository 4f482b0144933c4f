using System.CommandLine;
using System.Security.Cryptography;
using Xunit.Runner.InProc.SystemConsole;

namespace Reliability;

/// <summary>
/// With <c>storm</c> or <c>break</c> as its first argument a program that is run by hand; else the test project that it
/// also is.
/// </summary>
internal static class Program
{
#pragma warning disable RS0030 // This is a command line.
    private static TextWriter Output => Console.Out;
#pragma warning restore RS0030

    // Broken off, a run still brings everything to rest and checks it.
    private static readonly TimeSpan TimeToCheck = TimeSpan.FromMinutes(15);

    public static async Task<int> Main(string[] arguments) =>
        arguments switch
        {
            ["storm", .. var options] => await Root()
                .Parse(options)
                .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeToCheck }),
            ["break", .. var titles] => await Breaks.RunAsync(titles is [var some, ..] ? some : ".", Output) == 0
                ? 0
                : 1,
            _ => await ConsoleRunner.Run(arguments),
        };

    private static RootCommand Root()
    {
        Option<double> minutes = new("--minutes")
        {
            Description = "How long faults strike.",
            DefaultValueFactory = _ => 30,
        };
        Option<int?> seed = new("--seed")
        {
            Description = "Draws load and faults; printed, so that a run can be repeated. Random when left out.",
        };
        Option<int> hosts = new("--hosts")
        {
            Description = "How many Hosts run at once.",
            DefaultValueFactory = _ => 3,
        };
        Option<int> clients = new("--clients")
        {
            Description = "How many clients order at once.",
            DefaultValueFactory = _ => 8,
        };
        Option<int> think = new("--think")
        {
            Description = "Milliseconds between a client's requests.",
            DefaultValueFactory = _ => 150,
        };
        Option<Bouncing> bouncer = new("--pgbouncer")
        {
            Description = "Which Hosts reach PostgreSQL through PgBouncer in transaction mode: None, One or All.",
        };
        var lanes = Lanes();
        Option<string?> folder = new("--folder")
        {
            Description =
                "Where logs, history and database go, and stay. Default: a temporary folder, kept only when something "
                + "was found.",
        };
        Option<string?> json = new("--json")
        {
            Description = "Writes the result to this file as well.",
            HelpName = "file",
        };
        RootCommand root = new(
            """
            Kills, freezes, cuts off and fills up a whole installation under load, and checks afterwards that nothing
            acknowledged was lost, nothing done twice, nothing out of order and nothing stuck. Exit code 0: nothing
            found; 1: something was, and where to look is printed.
            """
        )
        {
            minutes,
            seed,
            hosts,
            clients,
            think,
            bouncer,
            lanes,
            folder,
            json,
        };
        root.SetAction(
            (given, cancellationToken) =>
            {
                RunOptions options = new(
                    given.GetValue(seed) ?? RandomNumberGenerator.GetInt32(1, 1_000_000),
                    TimeSpan.FromMinutes(given.GetValue(minutes)),
                    given.GetValue(hosts),
                    given.GetValue(clients),
                    TimeSpan.FromMilliseconds(given.GetValue(think)),
                    given.GetValue(bouncer),
                    given.GetValue(lanes)!,
                    given.GetValue(folder)
                );
                return RunAsync(options, given.GetValue(json), cancellationToken);
            }
        );
        return root;
    }

    private static Option<int[]> Lanes()
    {
        Option<int[]> lanes = new("--lanes")
        {
            Description =
                "The numbers of lanes, 1 to 16, between which an operator changes consumers meanwhile; all begin with "
                + "the largest.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [1, 4],
        };
        lanes.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int[]>().Any(number => number is < 1 or > 16))
            {
                given.AddError("--lanes takes numbers from 1 to 16.");
            }
        });
        return lanes;
    }

    private static async Task<int> RunAsync(RunOptions options, string? json, CancellationToken cancellationToken)
    {
        await using ReliabilityRun run = new(options, Output);
        var report = await run.RunAsync(cancellationToken);
        await Output.WriteLineAsync(report.ToString());
        foreach (var (error, count) in report.ServerErrors)
        {
            await Output.WriteLineAsync($"answered with 500, {count} times: {error}");
        }

        foreach (var finding in report.Findings)
        {
            await Output.WriteLineAsync(finding);
        }

        if (json is not null)
        {
            await File.WriteAllTextAsync(json, report.ToJson(), CancellationToken.None);
        }

        await Output.WriteLineAsync(
            report.IsClean
                ? "Nothing was found."
                : $"""
                {report.Findings.Count} findings. In {run.Folder}: history.jsonl, what clients were told; faults.log, what was done when; host-*.log;
                disk/data, the database (EmbeddedPostgres__DataDirectory), with reliability.moves and reliability.parkings, every step of every subscription.
                """
        );
        return report.IsClean ? 0 : 1;
    }
}
