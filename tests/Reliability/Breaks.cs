using System.Text.RegularExpressions;
using Analyzers.Tests.Mutations;
using Analyzers.Tests.Running;

namespace Reliability;

/// <summary>
/// Breaks each promise in a scratch copy and shows the test that turns red. How a break is written stands in
/// tests/Mutations/README.md.
/// </summary>
internal static class Breaks
{
    public static IReadOnlyList<Mutation> All { get; } = Mutation.In("tests/Reliability", "*.breaks");

    /// <returns>How many stayed green.</returns>
    public static async Task<int> RunAsync(string titles, TextWriter output)
    {
        var chosen = All.Where(one =>
                Regex.IsMatch(one.Title, titles, RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1))
            )
            .ToArray();
        using var copy = ScratchCopy.OfEverything();
        var green = 0;
        await output.WriteLineAsync("| promise | test | when it is broken |\n|---|---|---|");
        foreach (var one in chosen)
        {
            var planted = one.Planted(Repository.Read);
            foreach (var (path, text) in planted)
            {
                copy.Write(path, text);
            }

            // What is broken need not be well written.
            var (code, said) = await copy.Dotnet(
                "test",
                one.Where,
                "--nologo",
                "--filter",
                one.More,
                "-p:RunAnalyzers=false",
                "-p:TreatWarningsAsErrors=false"
            );
            var red = code != 0 ? one.LineIn(said.Split('\n')) : null;
            green += red is null ? 1 : 0;
            await output.WriteLineAsync(
                $"| {one.Title} | {(red is null ? one.More : TestIn(red))} | {(red is null ? "**green**" : "red")} |"
            );
            if (red is null)
            {
                await output.WriteLineAsync(said[^Math.Min(said.Length, 3000)..]);
            }

            copy.Restore(planted.Keys);
        }

        await output.WriteLineAsync($"{chosen.Length - green} of {chosen.Length} breaks were seen.");
        return chosen.Length == 0 ? 1 : green;
    }

    private static string TestIn(string line) =>
        line.Trim().Split(' ') is ["Failed", var test, ..] ? $"`{test.Split('(')[0]}`" : line.Trim();
}
