using BuildingBlocks.EventLog.Consuming;
using Microsoft.Extensions.Hosting;

namespace BuildingBlocks.Modules;

/// <summary>
/// Work of a module in the background: all of it, and all that it starts, runs as that module's code.
/// </summary>
internal sealed class ModuleHostedService(string module, IHostedService work) : IHostedLifecycleService
{
    private readonly IHostedLifecycleService? stages = work as IHostedLifecycleService;

    public Task StartAsync(CancellationToken cancellationToken) => RunAsync(work.StartAsync, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => RunAsync(work.StopAsync, cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) =>
        RunAsync(stages is null ? null : stages.StartingAsync, cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken) =>
        RunAsync(stages is null ? null : stages.StartedAsync, cancellationToken);

    public Task StoppingAsync(CancellationToken cancellationToken) =>
        RunAsync(stages is null ? null : stages.StoppingAsync, cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) =>
        RunAsync(stages is null ? null : stages.StoppedAsync, cancellationToken);

    private async Task RunAsync(Func<CancellationToken, Task>? stage, CancellationToken cancellationToken)
    {
        if (stage is not null)
        {
            using var stay = ModuleCode.Enter(module);
            await stage(cancellationToken);
        }
    }
}
