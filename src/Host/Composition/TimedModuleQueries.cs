using BuildingBlocks.Contracts;
using BuildingBlocks.Modules;
using Microsoft.Extensions.Options;

namespace Host.Composition;

/// <summary>Why a part of a composed answer is missing.</summary>
internal enum MissingReason
{
    /// <summary>The module knows nothing of it, or nothing yet.</summary>
    Unknown,

    /// <summary>The module did not answer in its time.</summary>
    Timeout,

    /// <summary>The module could not answer; the log of the Host says why.</summary>
    Unavailable,

    /// <summary>The module does not run in this Host.</summary>
    NotRunning,

    /// <summary>The ids to ask this module for came from no other module.</summary>
    NotAsked,
}

/// <summary>What one module answer when it was asked.</summary>
/// <param name="Module">Its name.</param>
/// <param name="Data">Null when it is absent.</param>
/// <param name="MissingReason">Null when there is data.</param>
/// <param name="AsOf">Everything the module had committed by then, UTC, is in its answer; null when it did not
/// answer.</param>
internal sealed record ModuleAnswer<T>(string Module, T? Data, MissingReason? MissingReason, DateTimeOffset? AsOf)
    where T : class
{
    /// <summary>Whether the module answered at all, be it that it knows nothing.</summary>
    public bool IsAnswer => AsOf is not null;

    public static ModuleAnswer<T> Nothing(string module, MissingReason reason, DateTimeOffset? asOf = null) =>
        new(module, Data: null, reason, asOf);
}

/// <summary>
/// Asks modules for parts of an answer, each within its own time, and takes no answer for an answer. Thread-safe.
/// </summary>
internal sealed partial class TimedModuleQueries(
    ModuleQueries modules,
    IOptions<CompositionOptions> options,
    TimeProvider clock,
    ILogger<TimedModuleQueries> logger
)
{
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<ModuleAnswer<T>> AskAsync<T>(
        string module,
        IModuleQuery<T> question,
        CancellationToken cancellationToken
    )
        where T : class
    {
        if (!modules.CanAsk(question))
        {
            return ModuleAnswer<T>.Nothing(module, MissingReason.NotRunning);
        }

        var limit = options.Value.TimeLimitOf(module);
        var asked = clock.GetUtcNow();
        try
        {
            // On a thread of its own, so that not even a module that blocks its thread takes up the time of the others.
            var answer = Task.Run(() => AnswerAsync(question, limit, cancellationToken), cancellationToken);
            var data = await answer.WaitAsync(limit, clock, cancellationToken);
            return data is null
                ? ModuleAnswer<T>.Nothing(module, MissingReason.Unknown, asked)
                : new(module, data, MissingReason: null, asked);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The caller gave up.", e, cancellationToken);
        }
        catch (Exception e)
            when (e is TimeoutException or OperationCanceledException || clock.GetUtcNow() - asked >= limit)
        {
            LogTimeout(module, question.GetType().Name, limit);
            return ModuleAnswer<T>.Nothing(module, MissingReason.Timeout);
        }
#pragma warning disable CA1031 // Whatever one module fails with, the others have answered.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnavailable(e, module, question.GetType().Name);
            return ModuleAnswer<T>.Nothing(module, MissingReason.Unavailable);
        }
    }

    /// <summary>
    /// The limit is also given to the module, so that it stops when its answer is no longer awaited.
    /// </summary>
    private async Task<T?> AnswerAsync<T>(IModuleQuery<T> question, TimeSpan limit, CancellationToken cancellationToken)
        where T : class
    {
        using CancellationTokenSource end = new(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        return await modules.Ask(question, either.Token);
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Module {Module} did not answer {Question} within {Limit}; the answer is composed without it."
    )]
    private partial void LogTimeout(string module, string question, TimeSpan limit);

    [LoggerMessage(LogLevel.Error, "Module {Module} could not answer {Question}; the answer is composed without it.")]
    private partial void LogUnavailable(Exception e, string module, string question);
}
