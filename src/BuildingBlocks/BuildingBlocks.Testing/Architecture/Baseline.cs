namespace BuildingBlocks.Testing.Architecture;

/// <summary>
/// The violations that are known and meant to go, for a team that adopts the rules on existing code: one line each,
/// <c>rule | place -> target | reason</c>. New ones fail, and so does an entry whose violation is gone: the list only
/// gets shorter.
/// </summary>
public sealed class Baseline
{
    private readonly List<Entry> entries;
    private readonly string path;

    private Baseline(string path, List<Entry> entries) => (this.path, this.entries) = (path, entries);

    /// <summary>How many violations are known.</summary>
    public int Count => entries.Count;

    /// <summary>
    /// Reads the file; without one nothing is known. Empty lines and lines that begin with # do not count.
    /// </summary>
    /// <exception cref="InvalidDataException">A line is not an entry with a reason, or stands there twice.</exception>
    public static Baseline Read(string path)
    {
        List<Entry> read = [];
        foreach (
            var (line, number) in (File.Exists(path) ? File.ReadAllLines(path) : [])
                .Select((line, i) => (line.Trim(), i + 1))
                .Where(one => one.Item1.Length > 0 && one.Item1[0] != '#')
        )
        {
            var entry =
                line.Split('|', StringSplitOptions.TrimEntries)
                    is [{ Length: > 0 } rule, { Length: > 0 } use, { Length: > 0 } reason]
                && use.Split(" -> ") is [var place, var target]
                    ? new Entry(rule, place, target, reason)
                    : throw new InvalidDataException(
                        $"{path}({number}): an entry is 'rule | place -> target | reason', but this is '{line}'."
                    );
            if (read.Exists(entry.IsSameAs))
            {
                throw new InvalidDataException($"{path}({number}): {entry.Place} -> {entry.Target} is listed twice.");
            }

            read.Add(entry);
        }

        return new(path, read);
    }

    /// <summary>Holds what rules found against what is known.</summary>
    /// <param name="found">By all the rules that the file is for.</param>
    /// <param name="mostKnown">How many entries there may be; lower it whenever one goes, so that none can come
    /// back.</param>
    /// <param name="strict">Modules that may have none.</param>
    /// <returns>What is wrong, one line each; nothing when all is as it should be.</returns>
    public IReadOnlyList<string> Compare(
        IEnumerable<Violation> found,
        int mostKnown,
        params IReadOnlyCollection<string> strict
    )
    {
        var violations = found.DistinctBy(violation => (violation.Rule, violation.Place, violation.Target)).ToArray();
        List<string> wrong =
        [
            .. violations
                .Where(violation => !entries.Exists(entry => entry.Covers(violation)))
                .Select(violation => violation.ToString()),
        ];
        wrong.AddRange(
            entries
                .Where(entry => !violations.Any(entry.Covers))
                .Select(entry =>
                    $"{path}: {entry.Place} -> {entry.Target} [{entry.Rule}] is no longer there. Take the line out, "
                    + "so that it cannot come back unseen."
                )
        );
        wrong.AddRange(
            violations
                .Where(violation =>
                    strict.Contains(violation.Module, StringComparer.Ordinal)
                    && entries.Exists(entry => entry.Covers(violation))
                )
                .Select(violation =>
                    $"{path}: {violation.Place} -> {violation.Target} [{violation.Rule}] is listed, but "
                    + $"{violation.Module} is strict and may have no known violations."
                )
        );
        if (entries.Count > mostKnown)
        {
            wrong.Add(
                $"{path}: {entries.Count} entries are more than the {mostKnown} there may be. The list only gets "
                    + "shorter."
            );
        }

        return wrong;
    }

    private sealed record Entry(string Rule, string Place, string Target, string Reason)
    {
        public bool Covers(Violation violation) =>
            string.Equals(Rule, violation.Rule, StringComparison.Ordinal)
            && string.Equals(Place, violation.Place, StringComparison.Ordinal)
            && string.Equals(Target, violation.Target, StringComparison.Ordinal);

        public bool IsSameAs(Entry other) =>
            string.Equals(Rule, other.Rule, StringComparison.Ordinal)
            && string.Equals(Place, other.Place, StringComparison.Ordinal)
            && string.Equals(Target, other.Target, StringComparison.Ordinal);
    }
}
