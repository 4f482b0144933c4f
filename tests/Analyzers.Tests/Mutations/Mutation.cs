using Analyzers.Tests.Running;

namespace Analyzers.Tests.Mutations;

/// <summary>
/// A violation to plant, and who is to catch it. How it is written stands in tests/Mutations/README.md.
/// </summary>
internal sealed class Mutation
{
    private readonly List<(string Path, string? Old, string New)> changes = [];

    private Mutation(string title) => Title = title;

    public string Title { get; }

    /// <summary>Which of the four rings catches it.</summary>
    public string Ring { get; private set; } = "";

    /// <summary>guard, compile, contracts, database, build or test.</summary>
    public string How { get; private set; } = "";

    /// <summary>A project as Orders/Orders.Contracts, a test project, or, for the database, verify.</summary>
    public string Where { get; private set; } = "";

    /// <summary>What follows: an assembly that is seen, or a test filter.</summary>
    public string More { get; private set; } = "";

    /// <summary>
    /// What an administrator does to the database; the names of its roles begin with <c>prefix</c>, which is also the
    /// database's.
    /// </summary>
    public string Sql { get; private set; } = "";

    /// <summary>What takes it back.</summary>
    public string Undo { get; private set; } = "";

    /// <summary>All of these stand in one line of the output.</summary>
    public IReadOnlyList<string> Expected { get; private set; } = [];

    public static IReadOnlyList<Mutation> All { get; } = In("tests/Mutations", "*.mutations");

    /// <summary>All that are written in files of a folder.</summary>
    public static IReadOnlyList<Mutation> In(string folder, string files) =>
        [.. Repository.Files(folder, files).SelectMany(path => Read(path, Repository.Read(path)))];

    public static Mutation Titled(string title) =>
        All.Single(one => string.Equals(one.Title, title, StringComparison.Ordinal));

    /// <summary>The files it changes, as they are with the violation.</summary>
    /// <param name="read">Gives a file as it is without.</param>
    public IReadOnlyDictionary<string, string> Planted(Func<string, string> read)
    {
        Dictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (var (path, old, text) in changes)
        {
            if (old is null)
            {
                files[path] = text;
                continue;
            }

            var before = files.TryGetValue(path, out var changed) ? changed : read(path);
            var at = before.IndexOf(old, StringComparison.Ordinal);
            at.ShouldBeGreaterThanOrEqualTo(0, $"'{Title}' replaces what {path} does not have any more:\n{old}");
            files[path] = before[..at] + text + before[(at + old.Length)..];
        }

        return files;
    }

    /// <summary>The line that says all that is expected, or null.</summary>
    public string? LineIn(IEnumerable<string> output) =>
        output.FirstOrDefault(line => Expected.All(part => line.Contains(part, StringComparison.Ordinal)));

    public override string ToString() => Title;

    private static IEnumerable<Mutation> Read(string path, string text)
    {
        Mutation? mutation = null;
        using StringReader lines = new(text);
        while (lines.ReadLine() is { } line)
        {
            if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                if (mutation is not null)
                {
                    yield return mutation;
                }

                mutation = new(line[2..]);
            }
            else if (line.Length > 0)
            {
                (mutation ?? throw new FormatException($"{path} does not begin with a title: {line}")).Take(
                    path,
                    line,
                    lines
                );
            }
        }

        if (mutation is not null)
        {
            yield return mutation;
        }
    }

    private void Take(string path, string line, StringReader lines)
    {
        switch (line.Split(' ', 2))
        {
            case ["ring:", var ring]:
                Ring = ring;
                break;
            case ["by:", var by]:
                (How, Where, More) = by.Split(' ', 3) is [var how, var where, .. var more]
                    ? (how, where, string.Concat(more))
                    : throw new FormatException($"{path}: {line}");
                break;
            case ["expect:", var expected]:
                Expected = expected.Split(" | ");
                break;
            case ["sql"]:
                Sql = Block(lines, "====", first: true);
                Undo = Block(lines, ">>>>", first: false);
                break;
            case ["new", var file]:
                changes.Add((file, null, Block(lines, ">>>>", first: true) + "\n"));
                break;
            case ["edit", var file]:
                changes.Add((file, Block(lines, "====", first: true), Block(lines, ">>>>", first: false)));
                break;
            default:
                throw new FormatException($"{path}, '{Title}': {line}");
        }
    }

    private static string Block(StringReader lines, string end, bool first)
    {
        if (first)
        {
            lines.ReadLine().ShouldBe("<<<<");
        }

        List<string> block = [];
        for (
            var line = lines.ReadLine();
            line is not null && !string.Equals(line, end, StringComparison.Ordinal);
            line = lines.ReadLine()
        )
        {
            block.Add(line);
        }

        return string.Join('\n', block);
    }
}
