using System.Globalization;
using BuildingBlocks.EventLog.Storage;
using Microsoft.Extensions.Logging;

namespace BuildingBlocks.EventLog.Diagnostics;

/// <summary>
/// Logs what fails again and again as one state: a line when it begins, then rarely, then one when it is over, none of
/// them with a stack. A database that cannot be used is one outage, whoever meets it; any other failure is one of the
/// work that fails. Every loop that tries again after a failure reports here instead of logging. Thread-safe.
/// </summary>
/// <param name="clock">Tells how long it lasts.</param>
/// <param name="logger">Has every single failure with its stack at level Debug.</param>
public sealed partial class OutageLog(TimeProvider clock, ILogger<OutageLog> logger)
{
    private const string Database = "The database";
    private const string CannotBeUsed = "cannot be used";

    // An outage of the database has a cause for each role; how many of them are told.
    private const int MostCauses = 16;

    /// <summary>
    /// An outage is over when nothing has failed for so long: what fails every other time is one outage and not many.
    /// </summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstReminder = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestReminder = TimeSpan.FromMinutes(15);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Outage> outages = new(StringComparer.Ordinal);
    private volatile bool isAny;

    /// <summary>
    /// Work that is tried again until it succeeds has failed; the outage lasts until <see cref="Succeeded"/> is told of
    /// the same work.
    /// </summary>
    /// <param name="work">Begins a sentence, and is always the same for the same work.</param>
    /// <param name="failure">Why.</param>
    public void Failed(string work, Exception failure) => Note(work, failure, isTriedAgain: true);

    /// <summary>
    /// Something is not as it should be, though nothing has failed; it lasts until <see cref="Succeeded"/> is told of
    /// the same.
    /// </summary>
    /// <param name="what">Begins a sentence, and is always the same for the same thing.</param>
    /// <param name="reason">What is wrong with it.</param>
    public void Unwell(string what, string reason) => Note(what, what, "is unwell", reason, isTriedAgain: true);

    /// <summary>
    /// The database does not serve work that is tried again, though nothing has failed yet; it is one outage, whoever
    /// notices it.
    /// </summary>
    /// <param name="work">As it is reported when it succeeds.</param>
    /// <param name="reason">What is wrong with the database.</param>
    public void DatabaseUnusable(string work, string reason) =>
        Note(work, Database, CannotBeUsed, reason, isTriedAgain: true);

    /// <summary>Something has failed that nobody here tries again, such as a request.</summary>
    /// <param name="work">Begins a sentence, and is always the same for the same kind of work: it is no place for
    /// ids.</param>
    /// <param name="failure">Why.</param>
    public void FailedOnce(string work, Exception failure) => Note(work, failure, isTriedAgain: false);

    /// <summary>Work was done, or is not tried any more. Costs next to nothing while there is no outage.</summary>
    /// <param name="work">As it was reported when it failed.</param>
    public void Succeeded(string work)
    {
        if (!isAny)
        {
            return;
        }

        lock (gate)
        {
            foreach (var (name, outage) in outages.ToArray())
            {
                outage.Failing.Remove(work);
                if (outage.Failing.Count == 0 && clock.GetElapsedTime(outage.LastAt) >= Quiet)
                {
                    outages.Remove(name);
                    LogOver(name, outage);
                }
            }

            isAny = outages.Count > 0;
        }
    }

    private void Note(string work, Exception failure, bool isTriedAgain)
    {
        LogFailure(failure, work);
        var fault = DatabaseFault.Of(failure);
        var reason = fault?.Reason ?? $"{failure.GetType().Name}: {failure.Message}";
        var (name, how) = fault is { Kind: DatabaseFaultKind.Unavailable } ? (Database, CannotBeUsed) : (work, "fails");
        Note(work, name, how, reason, isTriedAgain);
    }

    private void Note(string work, string name, string how, string reason, bool isTriedAgain)
    {
        var (now, line) = (clock.GetTimestamp(), reason.ReplaceLineEndings(" "));
        lock (gate)
        {
            if (!outages.TryGetValue(name, out var outage))
            {
                outages[name] = outage = new(how, now);
                isAny = true;
                outage.Causes.Add(line);
                LogBegins(name, how, line);
            }
            else if (how is CannotBeUsed && outage.Causes.Count < MostCauses && outage.Causes.Add(line))
            {
                LogAnotherCause(name, how, line);
            }
            else if (clock.GetElapsedTime(outage.SaidAt, now) >= outage.Reminder)
            {
                outage.SaidAt = now;
                outage.Reminder = outage.Reminder * 2 < LongestReminder ? outage.Reminder * 2 : LongestReminder;
                LogLasts(name, how, Lasted(outage.BeganAt, now), outage.Times + 1, line);
            }

            outage.Times++;
            outage.LastAt = now;
            if (isTriedAgain)
            {
                outage.WasTriedAgain = true;
                outage.Failing.Add(work);
            }
        }
    }

    private void LogOver(string name, Outage outage)
    {
        var lasted = Lasted(outage.BeganAt, outage.LastAt);
        var over = outage switch
        {
            { How: CannotBeUsed } => $"can be used again after {lasted}",
            { WasTriedAgain: true } => $"is well again after {lasted}",
            // Nobody has tried it again, so nobody knows more than that.
            _ => $"has not failed again for {Quiet.TotalSeconds} s, after {lasted}",
        };
        LogOver(name, over, outage.Times);
    }

    private string Lasted(long from, long to) =>
        clock.GetElapsedTime(from, to) switch
        {
            { TotalSeconds: < 1 } => "less than a second",
            { TotalMinutes: < 1 } lasted => string.Create(CultureInfo.InvariantCulture, $"{lasted.Seconds} s"),
            { TotalHours: < 1 } lasted => string.Create(
                CultureInfo.InvariantCulture,
                $"{lasted.Minutes} min {lasted.Seconds} s"
            ),
            var lasted => string.Create(
                CultureInfo.InvariantCulture,
                $"{Math.Floor(lasted.TotalHours)} h {lasted.Minutes} min"
            ),
        };

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "{What} {How}: {Reason} The next line about it comes when it has lasted a minute, or is over."
    )]
    private partial void LogBegins(string what, string how, string reason);

    [LoggerMessage(2, LogLevel.Error, "{What} {How} for {Lasted} now, noticed {Times} times: {Reason}")]
    private partial void LogLasts(string what, string how, string lasted, long times, string reason);

    [LoggerMessage(3, LogLevel.Information, "{What} {Over}; the trouble was noticed {Times} times.")]
    private partial void LogOver(string what, string over, long times);

    [LoggerMessage(5, LogLevel.Warning, "{What} {How} for another cause as well: {Reason}")]
    private partial void LogAnotherCause(string what, string how, string reason);

    [LoggerMessage(4, LogLevel.Debug, "{Work} failed")]
    private partial void LogFailure(Exception failure, string work);

    private sealed class Outage(string how, long beganAt)
    {
        public string How => how;

        public long BeganAt { get; } = beganAt;

        public long LastAt { get; set; } = beganAt;

        public long SaidAt { get; set; } = beganAt;

        public TimeSpan Reminder { get; set; } = FirstReminder;

        public long Times { get; set; }

        public bool WasTriedAgain { get; set; }

        /// <summary>What was told of why.</summary>
        public HashSet<string> Causes { get; } = new(StringComparer.Ordinal);

        /// <summary>What is tried again and has not succeeded yet.</summary>
        public HashSet<string> Failing { get; } = new(StringComparer.Ordinal);
    }
}
