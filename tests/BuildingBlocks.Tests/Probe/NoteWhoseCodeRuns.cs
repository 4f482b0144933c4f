using BuildingBlocks.EventLog.Consuming;
using MediatR;
using Microsoft.Extensions.Hosting;

namespace BuildingBlocks.Tests.Probe;

/// <summary>An open behaviour of the probe.</summary>
internal sealed class NoteWhoseCodeRuns<TRequest, TResult>(ProbeBehavior behavior)
    : IPipelineBehavior<TRequest, TResult>
    where TRequest : IRequest<TResult>
{
    public Task<TResult> Handle(
        TRequest request,
        CancellationToken cancellationToken,
        RequestHandlerDelegate<TResult> next
    )
    {
        behavior.Requests.Enqueue((typeof(TRequest), ModuleCode.Current));
        return next();
    }
}

/// <summary>Background work of the probe, which the fixture never starts.</summary>
internal sealed class ProbeLoop(ProbeBehavior behavior) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        behavior.LoopRanAs.TrySetResult(ModuleCode.Current);
        return Task.CompletedTask;
    }
}
