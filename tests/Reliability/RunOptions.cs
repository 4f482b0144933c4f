namespace Reliability;

/// <summary>Which Hosts reach PostgreSQL through PgBouncer.</summary>
internal enum Bouncing
{
    None,
    One,
    All,
}

/// <summary>How a run is done.</summary>
/// <param name="Duration">How long faults strike.</param>
/// <param name="Clients">At the same time.</param>
/// <param name="Think">What a client waits between two requests.</param>
/// <param name="Lanes">The numbers of lanes between which an operator changes consumers, which begin with the
/// largest.</param>
/// <param name="Folder">Logs, history and database; a new folder below the system's temporary one when null.</param>
internal sealed record RunOptions(
    int Seed,
    TimeSpan Duration,
    int Hosts,
    int Clients,
    TimeSpan Think,
    Bouncing PgBouncer,
    IReadOnlyList<int> Lanes,
    string? Folder
)
{
    /// <summary>
    /// The pauses between faults on Hosts, on the database, between changes of lanes and between zombies: shortest and
    /// longest.
    /// </summary>
    public (TimeSpan Shortest, TimeSpan Longest) HostPause { get; init; } =
        (TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8));

    public (TimeSpan Shortest, TimeSpan Longest) DatabasePause { get; init; } =
        (TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(10));

    public (TimeSpan Shortest, TimeSpan Longest) LanesPause { get; init; } =
        (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(8));

    public (TimeSpan Shortest, TimeSpan Longest) ZombiePause { get; init; } =
        (TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(45));
}
