using System.Runtime.InteropServices;

namespace EventLog.Bench;

/// <summary>A figure of one variant over all rounds.</summary>
internal sealed record Figure(string Variant, int Producers, string Name, string Unit, IReadOnlyList<double> Values)
{
    public double Median
    {
        get
        {
            double[] sorted = [.. Values.Order()];
            return sorted.Length % 2 == 1
                ? sorted[sorted.Length / 2]
                : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
        }
    }

    public double Min => Values.Min();

    public double Max => Values.Max();
}

/// <summary>All that was measured.</summary>
internal sealed class Figures
{
    private readonly Dictionary<
        (string Variant, int Producers, string Figure),
        (string Unit, List<double> Values)
    > all = [];

    public IReadOnlyList<Figure> All =>
        [
            .. all.Select(one => new Figure(
                one.Key.Variant,
                one.Key.Producers,
                one.Key.Figure,
                one.Value.Unit,
                one.Value.Values
            )),
        ];

    public void Add(string variant, int producers, string figure, string unit, double value)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(
            all,
            (variant, producers, figure),
            out var exists
        );
        if (!exists)
        {
            entry = (unit, []);
        }

        entry.Values.Add(value);
    }

    /// <summary>These and others.</summary>
    public Figures And(Figures others)
    {
        Figures both = new();
        foreach (var (key, (unit, values)) in all.Concat(others.all))
        {
            values.ForEach(value => both.Add(key.Variant, key.Producers, key.Figure, unit, value));
        }

        return both;
    }
}
