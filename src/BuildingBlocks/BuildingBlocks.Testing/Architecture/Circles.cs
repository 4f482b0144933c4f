namespace BuildingBlocks.Testing.Architecture;

/// <summary>Finds what depends on itself by way of others.</summary>
internal static class Circles
{
    /// <summary>The largest sets of two or more of which each reaches each other.</summary>
    /// <param name="graph">For each, what it depends on; all of that is a key too.</param>
    public static IReadOnlyList<string[]> In(IReadOnlyDictionary<string, string[]> graph)
    {
        var reached = graph.Keys.ToDictionary(start => start, start => Reached(graph, start), StringComparer.Ordinal);
        return
        [
            .. graph
                .Keys.Select(start =>
                    graph
                        .Keys.Where(other => reached[start].Contains(other) && reached[other].Contains(start))
                        .Order(StringComparer.Ordinal)
                        .ToArray()
                )
                .Where(circle => circle.Length > 1)
                .DistinctBy(circle => string.Join(' ', circle), StringComparer.Ordinal),
        ];
    }

    private static HashSet<string> Reached(IReadOnlyDictionary<string, string[]> graph, string start)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        Queue<string> next = new([start]);
        while (next.TryDequeue(out var one))
        {
            foreach (var known in graph[one].Where(seen.Add))
            {
                next.Enqueue(known);
            }
        }

        return seen;
    }
}
