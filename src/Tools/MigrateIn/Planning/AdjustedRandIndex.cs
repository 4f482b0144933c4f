namespace MigrateIn.Planning;

/// <summary>How well two divisions of the same things agree (Hubert and Arabie, 1985).</summary>
internal static class AdjustedRandIndex
{
    /// <param name="pairs">For each thing, its group in the one division and in the other.</param>
    /// <returns>1 where they are the same, about 0 where they agree by chance, below 0 where by less.</returns>
    public static double Of(IReadOnlyCollection<(string One, string Other)> pairs)
    {
        var both = pairs.GroupBy(pair => pair).Sum(group => Twos(group.Count()));
        var one = pairs.GroupBy(pair => pair.One, StringComparer.Ordinal).Sum(group => Twos(group.Count()));
        var other = pairs.GroupBy(pair => pair.Other, StringComparer.Ordinal).Sum(group => Twos(group.Count()));
        var all = Twos(pairs.Count);
        var expected = all > 0 ? one * other / all : 0;
        var most = (one + other) / 2;
        return most - expected is var spread && Math.Abs(spread) < 1e-12 ? 1 : (both - expected) / spread;
    }

    private static double Twos(int count) => count * (count - 1) / 2.0;
}
