using System.Collections.Concurrent;
using System.Security.Claims;
using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Feeds;
using BuildingBlocks.EventLog.Signals;
using Microsoft.Extensions.Hosting;

namespace BuildingBlocks.Feeds;

/// <summary>Answers readers elsewhere about modules of this Host. Thread-safe.</summary>
internal sealed class ServedFeeds(
    FeedWork work,
    FeedTokens tokens,
    EventSignals signals,
    TimeProvider clock,
    IHostApplicationLifetime lifetime
)
{
    // What other Hosts settled is found at the latest then.
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    // How far a reader has come is written down now and then: an older note only keeps more for longer.
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Module, string Reader), DateTimeOffset> reported = new();

    /// <summary>Whether somebody may read a module.</summary>
    public Result EnsureMayRead(ClaimsPrincipal caller, string module) => tokens.EnsureMayRead(caller, module);

    /// <summary>What lies after the reader's last event; waits for it, if asked to.</summary>
    /// <exception cref="FeedRefusedException">The reader's history is another one.</exception>
    /// <exception cref="FeedPrunedException">What it needs is no longer kept.</exception>
    public async Task<FeedAnswer> AnswerAsync(string reader, FeedQuestion question, CancellationToken cancellationToken)
    {
        var pages = work.PagesOf(question.Module);
        await ReportAsync(pages, reader, question, cancellationToken);

        // A Host that stops does not keep readers waiting.
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            lifetime.ApplicationStopping
        );
        var source = FeedSequencer.SignalOf(question.Module);
        var signal = signals.Listen(source);
        try
        {
            var began = clock.GetTimestamp();
            while (true)
            {
                var answer = await pages.ReadAsync(question, cancellationToken);
                var left = question.Wait - clock.GetElapsedTime(began);
                if (answer.Events.Count > 0 || left <= TimeSpan.Zero || waiting.IsCancellationRequested)
                {
                    FeedMetrics.Served(question.Module, reader, answer.Events.Count);
                    return answer;
                }

                await WaitAsync(signal, left < PollInterval ? left : PollInterval, waiting.Token, cancellationToken);
            }
        }
        finally
        {
            signals.Forget(source, signal);
        }
    }

    private static async Task WaitAsync(
        Signal signal,
        TimeSpan limit,
        CancellationToken waiting,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await signal.Wait(limit, waiting);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The Host stops; what there is is answered.
        }
    }

    private async Task ReportAsync(
        FeedPages pages,
        string reader,
        FeedQuestion question,
        CancellationToken cancellationToken
    )
    {
        var (key, now) = ((question.Module, reader), clock.GetUtcNow());
        if (!reported.TryGetValue(key, out var at) || now - at >= ReportInterval)
        {
            await pages.ReportAsync(reader, question.After, cancellationToken);
            reported[key] = now;
        }
    }
}
