using System.Diagnostics;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Subscriptions;

namespace BuildingBlocks.EventLog.Feeds;

/// <summary>
/// Asks the Host of a module that runs elsewhere for its events, again and again, and appends them to the shadow. What
/// cannot be right stops the feed where it is. Not thread-safe; any number of Hosts may pull into one shadow.
/// </summary>
internal sealed class FeedPuller(
    string module,
    IReadOnlyCollection<string> types,
    ShadowStore shadow,
    Func<FeedQuestion, CancellationToken, Task<FeedAnswer>> ask,
    EventCatalog events,
    FeedFreshness freshness,
    EventSignals signals
)
{
    /// <summary>How long a question waits for an event at the other side.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    // A Host that answers nothing without waiting is not asked more often.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private ShadowState? state;
    private bool wantsAll;

    /// <summary>Asks once and appends what comes.</summary>
    /// <param name="cancellationToken">Cancels the step.</param>
    /// <param name="stoppingToken">Ends the waiting for an answer; what has come is still appended.</param>
    /// <returns>How long to wait before the next question.</returns>
    /// <exception cref="FeedRefusedException">The answer cannot be right. Nothing was appended.</exception>
    public async Task<TimeSpan> StepAsync(CancellationToken cancellationToken, CancellationToken stoppingToken)
    {
        if (!wantsAll)
        {
            await shadow.WantAsync(types, cancellationToken);
            wantsAll = true;
        }

        var from = state ?? await shadow.ReadAsync(cancellationToken);
        state = null;
        var began = Stopwatch.GetTimestamp();
        FeedQuestion question = new(module, from.NextSeq - 1, from.Last, from.Types, FeedPages.MostEvents, LongestWait);
        FeedAnswer answer;
        try
        {
            using var asking = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stoppingToken);
            answer = await ask(question, asking.Token);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (FeedPrunedException pruned)
        {
            return await shadow.TryBeginAtAsync(pruned.Oldest, cancellationToken)
                ? TimeSpan.Zero
                : throw new FeedRefusedException(
                    $"{pruned.Message} They are lost to this Host, though it had yet to fetch them: somebody forgot "
                        + $"its consumer feed-<name> at /operations/outboxes. Run 'feeds reset {module}'; see "
                        + "docs/guides/feeds.md.",
                    pruned
                );
        }

        Check(question, answer, events);
        if (await shadow.AppendAsync(answer, from.Types.ToArray(), cancellationToken) is not { } now)
        {
            return TimeSpan.Zero;
        }

        state = now;
        freshness.Note(module, now.NextSeq, answer.NextSeq, now.AsOf);
        if (answer.Events.Count > 0)
        {
            FeedMetrics.Pulled(module, answer.Events.Count);
            signals.Notify(module, [.. answer.Events.Select(one => one.Type).Distinct(StringComparer.Ordinal)]);
            return TimeSpan.Zero;
        }

        return Stopwatch.GetElapsedTime(began) < Pause ? Pause : TimeSpan.Zero;
    }

    /// <summary>Refuses an answer that does not belong to the question, before anything is appended.</summary>
    /// <param name="question">What was asked for.</param>
    /// <param name="answer">What came.</param>
    /// <param name="known">The types and versions that this Host knows.</param>
    /// <exception cref="FeedRefusedException">Says what is wrong.</exception>
    internal static void Check(FeedQuestion question, FeedAnswer answer, EventCatalog known)
    {
        FeedRefusedException Refused(string what) =>
            new(
                $"The feed of {question.Module} answered {what}. Nothing was appended. Feeds:Sources:{question.Module}:"
                    + "Uri must name the Host that the module runs in, and nothing between may change its answers."
            );
        if (!string.Equals(answer.Module, question.Module, StringComparison.Ordinal))
        {
            throw Refused($"for module '{answer.Module}'");
        }

        if (answer.Events.Count > question.Limit)
        {
            throw Refused($"{answer.Events.Count} events, though {question.Limit} were asked for");
        }

        var next = question.After + 1;
        foreach (var happened in answer.Events)
        {
            if (happened.Seq != next++)
            {
                throw Refused(
                    $"event {happened.Seq} where {next - 1} was due, so that events are missing or out of order"
                );
            }

            if (
                happened.Position <= 0
                || happened.Version <= 0
                || happened.Type.Length == 0
                || happened.Id == Guid.Empty
            )
            {
                throw Refused($"event {happened.Seq} with an envelope that no event has");
            }

            if (!question.Types.Contains(happened.Type, StringComparer.Ordinal))
            {
                continue;
            }

            if (happened.Payload is null)
            {
                throw Refused($"event {happened.Seq} ({happened.Type}) without its payload, which was asked for");
            }

            if (known.TypeOf(happened.Type, happened.Version) is null)
            {
                throw new FeedRefusedException(
                    $"Event {happened.Seq} of the feed of {question.Module} is {happened.Type} version "
                        + $"{happened.Version}, which this build does not know. Nothing was appended. Deploy a build "
                        + $"whose contracts of {question.Module} have that version."
                );
            }
        }
    }
}
