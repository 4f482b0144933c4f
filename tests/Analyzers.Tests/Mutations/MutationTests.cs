using System.Collections.Concurrent;
using Analyzers.Tests.Guard;
using Analyzers.Tests.Running;

namespace Analyzers.Tests.Mutations;

/// <summary>
/// Every planted violation of the build's rings is caught, in the quick form: without a build of its own.
/// </summary>
public sealed class MutationTests(GuardRun guard, DatabaseRun database)
{
    /// <summary>What the rules said, for the test and for the table.</summary>
    private static readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<string>>>> Compiled = new(
        StringComparer.Ordinal
    );

    public static IEnumerable<TheoryDataRow<string>> Quick =>
        Mutation.All.Where(IsQuick).Select(one => new TheoryDataRow<string>(one.Title));

    [Theory]
    [MemberData(nameof(Quick))]
    public async Task Is_caught(string title)
    {
        var mutation = Mutation.Titled(title);
        var said = await Said(mutation);
        mutation
            .LineIn(said)
            .ShouldNotBeNull($"expected: {string.Join(" | ", mutation.Expected)}\nsaid:\n{string.Join('\n', said)}");
    }

    [Fact]
    public void Contracts_as_they_are_break_nothing() =>
        ContractsRun
            .Projects.SelectMany(project =>
                ContractsRun.BreaksOf(project, new Dictionary<string, string>(StringComparer.Ordinal))
            )
            .ShouldBeEmpty();

    [Fact]
    public void Each_has_a_title_of_its_own_a_ring_and_something_to_expect()
    {
        Mutation.All.Select(one => one.Title).ShouldBeUnique(StringComparer.Ordinal);
        Mutation.All.ShouldAllBe(one => one.Ring.Length > 0 && one.Expected.Count >= 2 && one.How.Length > 0);
    }

    [Fact]
    public async Task The_table_in_docs_is_that_of_the_mutations()
    {
        var table = await Table.Of(Mutation.All, Said);
        var path = Repository.Path("docs/walls.md");
        var page = Repository.Read("docs/walls.md");
        var now = Table.In(page, table);
        if (Environment.GetEnvironmentVariable("WALLS_UPDATE") is "1")
        {
            await File.WriteAllTextAsync(path, now, TestContext.Current.CancellationToken);
        }
        else
        {
            var differing = now.Split('\n').Except(page.Split('\n'), StringComparer.Ordinal);
            page.ShouldBe(
                now,
                "Write it anew with WALLS_UPDATE=1 dotnet test tests/Analyzers.Tests. Lines that "
                    + $"differ:\n{string.Join('\n', differing)}"
            );
        }
    }

    private static bool IsQuick(Mutation mutation) => mutation.How is "guard" or "compile" or "contracts" or "database";

    private Task<IReadOnlyList<string>> Said(Mutation mutation) =>
        mutation.How switch
        {
            "guard" => Task.FromResult(guard.ErrorsOf(mutation.Title)),
            "contracts" => Task.FromResult(ContractsRun.BreaksOf(mutation.Where, mutation.Planted(Repository.Read))),
            "database" => database.FindingsOf(mutation),
            "compile" => Compiled.GetOrAdd(mutation.Title, _ => new(() => Compile(mutation))).Value,
            _ => Task.FromResult<IReadOnlyList<string>>([]),
        };

    private static async Task<IReadOnlyList<string>> Compile(Mutation mutation)
    {
        Dictionary<string, string> files = new(Modules.Files, StringComparer.Ordinal);
        var planted = mutation.Planted(Repository.Read);
        foreach (var (path, text) in planted)
        {
            files[path] = text;
        }

        var project = mutation.Where.Split('/')[1];
        var sees = mutation.More.Length > 0 ? new[] { $"{project} {mutation.More}" } : [];
        var found = await Analysis.OfModule(files, project, sees, planted.Keys, some =>
            mutation.LineIn(some.Select(finding => finding.ToString())) is not null
        );
        return [.. found.Select(finding => finding.ToString())];
    }
}
