using System.Text.RegularExpressions;
using Analyzers.Tests.Running;

namespace Analyzers.Tests.Mutations;

/// <summary>
/// The whole form: plants violations in a scratch copy and really builds or tests it. By hand all of them, by
/// MUTATIONS, a regular expression on their titles; otherwise one, so that the whole form itself is known to work.
/// </summary>
public sealed class WholeTests(ITestOutputHelper output, DatabaseRun database)
{
    private static readonly string One =
        $"^{Regex.Escape(Mutation.All.OrderByDescending(one => one is { How: "compile", More: "" }).First().Title)}$";

    [Fact]
    public async Task Every_planted_violation_is_caught()
    {
        var wanted = Environment.GetEnvironmentVariable("MUTATIONS") is { Length: > 0 } given ? given : One;
        using var copy = ScratchCopy.OfEverything();
        List<string> missed = [];
        var mutations = Mutation
            .All.Where(one => Regex.IsMatch(one.Title, wanted, RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1)))
            .ToArray();
        mutations.ShouldNotBeEmpty($"No title matches {wanted}.");
        foreach (var mutation in mutations)
        {
            var planted = mutation.Planted(Repository.Read);
            foreach (var (path, text) in planted)
            {
                copy.Write(path, text);
            }

            // A database is as real here as it can be; there is nothing to build.
            var (code, said) = mutation.How is "database"
                ? (1, string.Join('\n', await database.FindingsOf(mutation)))
                : await copy.Dotnet(Command(mutation));
            var line = mutation.LineIn(said.Split('\n'));
            Tell($"{(code != 0 && line is not null ? "caught" : "MISSED")}  {mutation.Title}\n        {line?.Trim()}");
            if (code == 0 || line is null)
            {
                missed.Add($"{mutation.Title}\n{said}");
            }

            copy.Restore(planted.Keys);
        }

        Tell($"{mutations.Length} planted, {mutations.Length - missed.Count} caught, {missed.Count} missed");
        missed.ShouldBeEmpty();
    }

    /// <summary>Also to the file that tests/Mutations/run shows while it grows.</summary>
    private void Tell(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("MUTATIONS_LOG") is { Length: > 0 } log)
        {
            File.AppendAllText(log, line + "\n");
        }
    }

    private static string[] Command(Mutation mutation) =>
        mutation.How is "test" ? ["test", mutation.Where, "--nologo", "--filter", mutation.More]
        : mutation.How is "contracts"
            ?
            [
                "test",
                "tests/ContractTests",
                "--nologo",
                "--filter",
                "FullyQualifiedName~PublishedTests.No_published_event_version_is_broken",
            ]
        : ["build", $"src/Modules/{mutation.Where}", "--nologo", "-v:q", "-p:WarningLevel=0"];
}
