namespace Reliability.Faults;

/// <summary>What is done to the system, once; when it returns, whatever it holds has been let go.</summary>
/// <param name="Share">How many of them in a round of its lane.</param>
/// <param name="Missing">Why it cannot be done here; null when it can.</param>
/// <param name="Strike">Answers how often it was done: 0 when its target was not there at the moment.</param>
internal sealed record Fault(
    string Kind,
    int Share,
    string? Missing,
    Func<Random, CancellationToken, Task<int>> Strike
);

/// <summary>Faults that happen one after the other; those of different lanes meet.</summary>
/// <param name="ShortestPause">Between two faults.</param>
internal sealed record Lane(string Name, TimeSpan ShortestPause, TimeSpan LongestPause, IReadOnlyList<Fault> Faults);
