using System.Runtime.InteropServices;

namespace Host.Startup;

/// <summary>
/// Lets Ctrl+C and SIGTERM break off a start-up or a command tidily; once the Host runs, its own lifetime listens to
/// them too.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;

    public StopSignal() => registrations = [Listen(PosixSignal.SIGINT), Listen(PosixSignal.SIGTERM)];

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }

        source.Dispose();
    }

    private PosixSignalRegistration Listen(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
        {
            // Without this the process would be gone before it could tidy up.
            context.Cancel = true;
            source.Cancel();
        });
}
