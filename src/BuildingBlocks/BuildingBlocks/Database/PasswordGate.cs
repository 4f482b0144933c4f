using System.Diagnostics;
using BuildingBlocks.EventLog.Hosting;

namespace BuildingBlocks.Database;

/// <summary>
/// Lets passwords be changed without refusing anybody: whoever signs in holds the gate from before he calls at the
/// server until that has taken his password; whoever changes passwords waits until nobody holds it, and keeps newcomers
/// waiting meanwhile. The gate is two locked files beside that of the passwords, so it holds for all processes that
/// share the folder, and opens by itself when one of them dies.
/// </summary>
/// <param name="path">The file of the passwords.</param>
internal sealed class PasswordGate(string path)
{
    private const string Turn = ".turn";
    private const string Use = ".use";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan Courtesy = TimeSpan.FromSeconds(2);

    // Longer than any sign-in may take by default.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The files that are locked for those passwords.</summary>
    public static IEnumerable<string> FilesOf(string path) => [path + Turn, path + Use];

    /// <summary>
    /// Held until disposed, or until the time limit of signing in is over, for a failed sign-in tells nobody. Blocks
    /// for the moment that changing passwords takes; there is no place before a connection where one could wait
    /// otherwise.
    /// </summary>
    public IDisposable Enter(TimeSpan signInLimit)
    {
        // Behind whoever waits to change passwords: else those who sign in all the time would never let him.
        var begun = Stopwatch.GetTimestamp();
        FileStream Lock(string name)
        {
            while (true)
            {
                if (TryLock(name, FileShare.Read, begun) is { } file)
                {
                    return file;
                }

                // Blocking on a task tells the thread pool to put another thread in our place; those who are signing in
                // need some.
                Task.Delay(Pause).GetAwaiter().GetResult();
            }
        }

        using var turn = Lock(Turn);
        return new Lease(Lock(Use), signInLimit);
    }

    /// <summary>
    /// Waits until nobody is between reading a password and having signed in, and keeps it so until disposed.
    /// </summary>
    /// <exception cref="StartupException">It stays in use.</exception>
    public async Task<IAsyncDisposable> CloseAsync(CancellationToken cancellationToken)
    {
        // Mostly there is a moment when nobody signs in. Only where there is none are newcomers stopped.
        for (
            var begun = Stopwatch.GetTimestamp();
            Stopwatch.GetElapsedTime(begun) < Courtesy;
            await Task.Delay(1, cancellationToken)
        )
        {
            if (TryLock(Use, FileShare.None, Stopwatch.GetTimestamp()) is { } free)
            {
                return free;
            }
        }

        await using var turn = await LockAsync(Turn, cancellationToken);
        return await LockAsync(Use, cancellationToken);
    }

    private async Task<FileStream> LockAsync(string name, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            if (TryLock(name, FileShare.None, begun) is { } file)
            {
                return file;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private FileStream? TryLock(string name, FileShare share, long begun)
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Read,
            Share = share,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        KeptFile.EnsureNoWait(path + name);
        try
        {
            return new(path + name, options);
        }
        catch (UnauthorizedAccessException refused)
        {
            KeptFile.EnsureNothingElse(path + name);
            throw new StartupException(
                $"{path}{name} cannot be opened: {refused.Message} Give the Host's user access to it and its folder.",
                refused
            );
        }
        catch (IOException taken) when (taken is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return Stopwatch.GetElapsedTime(begun) < Patience
                ? null
                : throw new StartupException(
                    $"{path}{name} stayed locked for {Patience.TotalSeconds:0} s: somebody hangs who changes "
                        + "passwords or opens a connection.",
                    taken
                );
        }
    }

    private sealed class Lease : IDisposable
    {
        private readonly FileStream file;
        private readonly Timer end;

        public Lease(FileStream file, TimeSpan limit)
        {
            this.file = file;
            end = new(_ => file.Dispose(), state: null, limit, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            end.Dispose();
            file.Dispose();
        }
    }
}
