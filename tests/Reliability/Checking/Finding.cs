namespace Reliability.Checking;

/// <summary>How a promise was broken.</summary>
internal enum Breach
{
    Lost,
    Doubled,
    OutOfOrder,
    Stuck,

    /// <summary>Books that do not add up, causes without effects, Hosts that died: everything else.</summary>
    Untrue,
}

/// <param name="What">Names the order, event, subscription or row to look at.</param>
internal sealed record Finding(Breach Breach, string What)
{
    public override string ToString() => $"{Breach}: {What}";
}
