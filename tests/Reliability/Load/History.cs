using System.Collections.Concurrent;
using System.Text.Json;

namespace Reliability.Load;

/// <summary>What a client was told in the end.</summary>
internal enum Outcome
{
    /// <summary>Done, said the Host.</summary>
    Acknowledged,

    /// <summary>Not to be done, said the Host.</summary>
    Refused,

    /// <summary>
    /// The connection broke, or the Host said it cannot at the moment: nobody knows whether it was done.
    /// </summary>
    Unknown,
}

/// <summary>One answer, or its absence.</summary>
/// <param name="Key">The idempotency key, or what the request was about.</param>
/// <param name="Status">The HTTP status; 0 when there was no answer.</param>
internal sealed record Told(
    DateTimeOffset At,
    string Operation,
    string Key,
    Outcome Outcome,
    int Host,
    int Status,
    string? OrderId,
    string? Detail
);

/// <summary>An order as its client knows it.</summary>
internal sealed class KnownOrder(string key, string token, IReadOnlyDictionary<string, int> items)
{
    public string Key => key;

    public string Token => token;

    public IReadOnlyDictionary<string, int> Items => items;

    public Outcome Outcome { get; set; } = Outcome.Unknown;

    /// <summary>Every id it was ever acknowledged with; more than one is a doubled order.</summary>
    public HashSet<string> Ids { get; } = new(StringComparer.Ordinal);

    public bool CancelAttempted { get; set; }

    public bool CancelAcknowledged { get; set; }

    public bool DispatchAcknowledged { get; set; }
}

/// <summary>What clients were told, in a file that only grows and in memory.</summary>
internal sealed class History(string file, TimeProvider clock) : IDisposable
{
    private readonly StreamWriter writer = new(file, append: true) { AutoFlush = true };
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> lastTold = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, KnownOrder> Orders { get; } = new(StringComparer.Ordinal);

    /// <summary>The last value that was acknowledged for something only one client changes, such as a price.</summary>
    public IReadOnlyDictionary<string, string> Values => lastTold;

    /// <summary>Requests that never got a definite answer.</summary>
    public ConcurrentBag<string> NeverAnswered { get; } = [];

    /// <summary>Answers with status 500: whatever happened, it was not foreseen.</summary>
    public ConcurrentDictionary<string, int> Failures { get; } = new(StringComparer.Ordinal);

    public long Count(string operation, Outcome outcome) => counts.GetValueOrDefault($"{operation} {outcome}");

    public long Count(Outcome outcome) =>
        counts.Where(one => one.Key.EndsWith($" {outcome}", StringComparison.Ordinal)).Sum(one => one.Value);

    public void Note(
        string operation,
        string key,
        Outcome outcome,
        int host,
        int status,
        string? orderId = null,
        string? detail = null
    )
    {
        counts.AddOrUpdate($"{operation} {outcome}", 1, (_, count) => count + 1);
        Told told = new(clock.GetUtcNow(), operation, key, outcome, host, status, orderId, detail);
        lock (gate)
        {
            writer.WriteLine(JsonSerializer.Serialize(told));
        }
    }

    public void Keep(string what, string value) => lastTold[what] = value;

    public void Dispose() => writer.Dispose();
}
