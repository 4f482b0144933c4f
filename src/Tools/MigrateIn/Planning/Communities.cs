namespace MigrateIn.Planning;

/// <summary>
/// Communities of a weighted graph by the method of Louvain (Blondel and others, 2008). The same graph always gives the
/// same answer: nodes are visited in their order, and of equal gains the lowest community wins.
/// </summary>
internal static class Communities
{
    // Below this a gain is rounding, and moving for it may never end.
    private const double Least = 1e-9;
    private const int MostRounds = 100;

    /// <returns>The community of each node, numbered from 0 in the order of first appearance.</returns>
    public static int[] Find(int nodes, IEnumerable<KeyValuePair<(int Low, int High), double>> edges)
    {
        var community = Enumerable.Range(0, nodes).ToArray();
        var level = Level.Of(nodes, edges);
        while (level.Move() is { } moved)
        {
            var count = moved.Max() + 1;
            community = [.. community.Select(node => moved[node])];
            if (count == level.Count)
            {
                break;
            }

            level = level.Merged(moved, count);
        }

        return Numbered(community);
    }

    /// <summary>The same division with numbers from 0 in the order of first appearance.</summary>
    private static int[] Numbered(int[] community)
    {
        Dictionary<int, int> numbers = [];
        return
        [
            .. community.Select(one =>
                numbers.TryGetValue(one, out var number) ? number : numbers[one] = numbers.Count
            ),
        ];
    }

    private sealed class Level(SortedDictionary<int, double>[] neighbours, double[] loops)
    {
        public int Count => neighbours.Length;

        public static Level Of(int nodes, IEnumerable<KeyValuePair<(int Low, int High), double>> edges)
        {
            var neighbours = Enumerable.Range(0, nodes).Select(_ => new SortedDictionary<int, double>()).ToArray();
            foreach (var ((low, high), weight) in edges.OrderBy(edge => edge.Key))
            {
                neighbours[low][high] = neighbours[low].GetValueOrDefault(high) + weight;
                neighbours[high][low] = neighbours[high].GetValueOrDefault(low) + weight;
            }

            return new(neighbours, new double[nodes]);
        }

        /// <summary>Moves nodes one by one to the neighbour's community that gains most.</summary>
        /// <returns>Null when none moved.</returns>
        public int[]? Move()
        {
            var degrees = neighbours.Select((near, i) => near.Values.Sum() + (2 * loops[i])).ToArray();
            var twice = degrees.Sum();
            var community = Enumerable.Range(0, Count).ToArray();
            var totals = degrees.ToArray();
            var anyMoved = false;
            for (var round = 0; round < MostRounds && twice > 0; round++)
            {
                var moved = false;
                for (var node = 0; node < Count; node++)
                {
                    var home = community[node];
                    totals[home] -= degrees[node];
                    SortedDictionary<int, double> links = new() { [home] = 0 };
                    foreach (var (other, weight) in neighbours[node])
                    {
                        links[community[other]] = links.GetValueOrDefault(community[other]) + weight;
                    }

                    var (best, gain) = (home, links[home] - (totals[home] * degrees[node] / twice));
                    foreach (var (candidate, weight) in links)
                    {
                        var gained = weight - (totals[candidate] * degrees[node] / twice);
                        if (gained > gain + Least)
                        {
                            (best, gain) = (candidate, gained);
                        }
                    }

                    totals[best] += degrees[node];
                    community[node] = best;
                    moved |= best != home;
                }

                anyMoved |= moved;
                if (!moved)
                {
                    break;
                }
            }

            return anyMoved ? Numbered(community) : null;
        }

        public Level Merged(int[] community, int count)
        {
            var merged = Enumerable.Range(0, count).Select(_ => new SortedDictionary<int, double>()).ToArray();
            var inside = new double[count];
            for (var node = 0; node < Count; node++)
            {
                var home = community[node];
                inside[home] += loops[node];
                foreach (var (other, weight) in neighbours[node])
                {
                    if (community[other] == home)
                    {
                        inside[home] += weight / 2;
                    }
                    else
                    {
                        merged[home][community[other]] = merged[home].GetValueOrDefault(community[other]) + weight;
                    }
                }
            }

            return new(merged, inside);
        }
    }
}
