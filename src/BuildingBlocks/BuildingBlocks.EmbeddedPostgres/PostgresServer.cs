using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildingBlocks.EmbeddedPostgres;

/// <summary>
/// A private PostgreSQL that listens on loopback only. Processes that start one on the same data folder share it, and
/// the last of them to be disposed of stops it. A process that is killed leaves it running; the next start takes it
/// over. Thread-safe.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    // One that ends sooner than this after its start would only end again.
    private static readonly TimeSpan _shortLife = TimeSpan.FromSeconds(10);
    private const int ShortLives = 3;

    private readonly DataFolder _folder;
    private readonly Start _start;
    private Postmaster _postmaster;
    private readonly FileStream _use;
    private readonly TimeSpan _stopTimeout;
    private readonly ILogger _logger;
    private int _disposed;

    private PostgresServer(Start start, Postmaster postmaster, Version version, bool alreadyRunning, FileStream use)
    {
        _folder = start.Folder;
        _start = start;
        _postmaster = postmaster;
        _use = use;
        _stopTimeout = start.Options.StopTimeout;
        _logger = start.Logger;
        ConnectionString = start.ConnectionString(postmaster.Port);
        Version = version;
        AlreadyRunning = alreadyRunning;
    }

    /// <summary>
    /// Of the superuser <c>postgres</c> to the database <c>postgres</c>, password included: not for logs. Demands
    /// SCRAM, so no other program that takes the port later gets to see the password.
    /// </summary>
    public string ConnectionString { get; }

    /// <summary>The loopback port the server listens on.</summary>
    public int Port => _postmaster.Port;

    /// <summary>The server's version, major and minor.</summary>
    public Version Version { get; }

    /// <summary>Absolute path of the data folder; the cluster lies in <c>postgres</c> below it.</summary>
    public string DataDirectory => _folder.Root;

    /// <summary>
    /// Whether the server was found running, used by another process or left behind by a killed one, rather than
    /// started by this call. It then has the settings it was started with, not those of this call's options.
    /// </summary>
    public bool AlreadyRunning { get; }

    internal int ProcessId => _postmaster.ProcessId;

    /// <summary>
    /// Finds the data folder's server running or starts it, making the cluster and installing binaries as needed.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait and stops a server that is only starting.</param>
    /// <exception cref="EmbeddedPostgresException">There is none to be had; the message names the setting to
    /// change.</exception>
    public static async Task<PostgresServer> StartAsync(
        EmbeddedPostgresOptions options,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        options.Validate();
        var folder = new DataFolder(options.DataDirectory);

        try
        {
            folder.Create();
            folder.EnsureIntact();
            await using var gate = await EnterAsync(folder, options, cancellationToken);
            var inUse = folder.IsInUse();
            var use = folder.Use();
            try
            {
                var start = new Start(folder, options, await folder.PasswordAsync(cancellationToken), logger);
                return await start.AttachAsync(use, cancellationToken)
                    ?? await start.LaunchAsync(use, inUse, cancellationToken);
            }
            catch
            {
                await use.DisposeAsync();
                throw;
            }
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new EmbeddedPostgresException(
                $"The data folder {folder.Root} cannot be used: {exception.Message} "
                    + "Set EmbeddedPostgres__DataDirectory to a folder that this user may write.",
                exception
            );
        }
    }

    /// <summary>
    /// Starts the server again, with its data and on its port, whenever it has ended without
    /// <see cref="DisposeAsync"/>, and says so. Another process that shares it may be first, which is as good.
    /// </summary>
    /// <param name="cancellationToken">Ends the watch; the server keeps running. To be awaited before the server is
    /// disposed of.</param>
    /// <exception cref="EmbeddedPostgresException">The server has ended and cannot be started again.</exception>
    public async Task KeepRunningAsync(CancellationToken cancellationToken)
    {
        for (var shortLives = 0; ; )
        {
            var watch = Stopwatch.StartNew();
            await _postmaster.EndAsync(cancellationToken);
            shortLives = watch.Elapsed < _shortLife ? shortLives + 1 : 1;
            if (shortLives > ShortLives)
            {
                throw new EmbeddedPostgresException(
                    $"PostgreSQL (data in {_folder.Root}) ended {shortLives} times in a row soon after its start; see "
                        + $"{_folder.ServerLogs}."
                );
            }

            Log.Died(_logger, _postmaster.ProcessId, _folder.Root, _folder.ServerLogs);
            watch.Restart();
            var revived = await _start.ReviveAsync(Port, cancellationToken);
            _postmaster.Dispose();
            _postmaster = revived;
            Log.RunsAgain(_logger, revived.Port, revived.ProcessId, watch.ElapsedMilliseconds);
        }
    }

    /// <summary>
    /// Stops the server unless another process uses it: sessions are cut off, data is written. Takes at most twice the
    /// StopTimeout and ten seconds; never throws, a server that resists is left to the next start and a warning.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        try
        {
            using var bounded = new CancellationTokenSource(_stopTimeout);
            await using var gate = await _folder.EnterAsync(bounded.Token);
            await _use.DisposeAsync();

            if (_folder.IsInUse())
            {
                Log.LeftRunning(_logger, Port);
            }
            else
            {
                await _postmaster.StopAsync(_stopTimeout, _logger);
            }
        }
        catch (Exception exception)
            when (exception
                    is OperationCanceledException
                        or IOException
                        or UnauthorizedAccessException
                        or InvalidOperationException
                        or System.ComponentModel.Win32Exception
            )
        {
            Log.StopFailed(_logger, exception);
        }
        finally
        {
            await _use.DisposeAsync();
            _postmaster.Dispose();
        }
    }

    private static Task<FileStream> EnterAsync(
        DataFolder folder,
        EmbeddedPostgresOptions options,
        CancellationToken cancellationToken
    )
    {
        var patience = options.StartTimeout + options.InstallTimeout;
        return Bounded.RunAsync(
            patience,
            () =>
                $"Another process has been starting or stopping the PostgreSQL in {folder.Root} for {patience}. "
                + "End it, or set EmbeddedPostgres__DataDirectory to another folder.",
            folder.EnterAsync,
            cancellationToken
        );
    }

    /// <summary>What one call of <see cref="StartAsync"/> works with, inside the gate.</summary>
    private sealed record Start(DataFolder Folder, EmbeddedPostgresOptions Options, string Password, ILogger Logger)
    {
        private static readonly TimeSpan _revivalPause = TimeSpan.FromMilliseconds(100);

        public string ConnectionString(int port) =>
            new NpgsqlConnectionStringBuilder
            {
                Host = "127.0.0.1",
                Port = port,
                Database = "postgres",
                Username = "postgres",
                Password = Password,
                RequireAuth = "ScramSHA256",
                // The server has no certificate and no Kerberos: asking for them only costs a round trip.
                SslMode = SslMode.Disable,
                GssEncryptionMode = GssEncryptionMode.Disable,
            }.ConnectionString;

        /// <summary>Null when no server runs, or the one that did ended instead of answering.</summary>
        public async Task<PostgresServer?> AttachAsync(FileStream use, CancellationToken cancellationToken)
        {
            if (await Postmaster.FindAsync(Folder, Logger, cancellationToken) is not { } postmaster)
            {
                return null;
            }

            var version = await AnswerAsync(postmaster, cancellationToken);
            if (version is null)
            {
                postmaster.Dispose();
                return null;
            }

            if (Options.Port is { } configured && configured != postmaster.Port)
            {
                Log.OtherPort(Logger, postmaster.Port, configured);
            }

            Log.Attached(Logger, version, postmaster.Port, Folder.Root);
            return new PostgresServer(this, postmaster, version, alreadyRunning: true, use);
        }

        public async Task<PostgresServer> LaunchAsync(FileStream use, bool inUse, CancellationToken cancellationToken)
        {
            if (inUse)
            {
                // In another container, say, with the same folder: two servers on one cluster would destroy it.
                throw new EmbeddedPostgresException(
                    $"Another process uses the PostgreSQL in {Folder.Root}, but it cannot be reached from here: it "
                        + "has crashed or runs in another "
                        + "container. End that process, or set EmbeddedPostgres__DataDirectory to another folder."
                );
            }

            var watch = Stopwatch.StartNew();
            var (postmaster, version) = await LaunchAsync(Options, cancellationToken);
            Log.Started(Logger, version, postmaster.Port, watch.ElapsedMilliseconds, Folder.Root);
            return new PostgresServer(this, postmaster, version, alreadyRunning: false, use);
        }

        /// <summary>
        /// The server that runs in place of one that has ended: launched here, or by another process that shares it.
        /// </summary>
        public async Task<Postmaster> ReviveAsync(int port, CancellationToken cancellationToken)
        {
            var watch = Stopwatch.StartNew();
            await using var gate = await EnterAsync(Folder, Options, cancellationToken);
            while (true)
            {
                try
                {
                    return await FindRevivedAsync(port, cancellationToken)
                        ?? (await LaunchAsync(Options with { Port = port }, cancellationToken)).Postmaster;
                }
                catch (EmbeddedPostgresException) when (watch.Elapsed < Options.StartTimeout)
                {
                    // Processes of the dead server may still hold its memory or its port for a moment.
                    await Task.Delay(_revivalPause, cancellationToken);
                }
                catch (Exception exception)
                    when (exception is UnauthorizedAccessException or IOException or EmbeddedPostgresException)
                {
                    throw new EmbeddedPostgresException(
                        $"PostgreSQL has ended and cannot be started again in {Folder.Root}: {exception.Message}",
                        exception
                    );
                }
            }
        }

        private async Task<Postmaster?> FindRevivedAsync(int port, CancellationToken cancellationToken)
        {
            if (await Postmaster.FindAsync(Folder, Logger, cancellationToken) is not { } postmaster)
            {
                return null;
            }

            if (postmaster.Port == port && await AnswerAsync(postmaster, cancellationToken) is not null)
            {
                return postmaster;
            }

            postmaster.Dispose();
            return postmaster.Port == port
                ? null
                : throw new EmbeddedPostgresException(
                    $"It runs on port {postmaster.Port} now instead of {port}. Start this program again."
                );
        }

        private async Task<(Postmaster Postmaster, Version Version)> LaunchAsync(
            EmbeddedPostgresOptions options,
            CancellationToken cancellationToken
        )
        {
            var account = await Account.ForAsync(Folder, cancellationToken);
            var binaries = await PostgresBinaries.FindAsync(Options, Folder, account, Logger, cancellationToken);
            if (!Folder.HasCluster)
            {
                Log.CreatingCluster(Logger, binaries.Version, Folder.Root, binaries.Directory);
                await NewCluster.CreateAsync(Folder, binaries, account, Options, cancellationToken);
            }

            var postmaster = await new Launch(Folder, binaries, account, options, Logger).RunAsync(cancellationToken);
            try
            {
                var version = await AnswerAsync(postmaster, cancellationToken)
                    ?? throw new EmbeddedPostgresException(
                        $"PostgreSQL ended right after its start; see {Folder.ServerLogs}."
                    );
                return (postmaster, version);
            }
            catch
            {
                await postmaster.StopAsync(Options.StopTimeout, Logger);
                postmaster.Dispose();
                throw;
            }
        }

        private Task<Version?> AnswerAsync(Postmaster postmaster, CancellationToken cancellationToken) =>
            Bounded.RunAsync(
                Options.StartTimeout,
                () =>
                    $"PostgreSQL runs on 127.0.0.1:{postmaster.Port} (process {postmaster.ProcessId}) but did not "
                    + "answer within "
                    + $"EmbeddedPostgres__StartTimeout ({Options.StartTimeout}). See {Folder.ServerLogs}, or end it.",
                token => postmaster.AnswerAsync(ConnectionString(postmaster.Port), Folder, token),
                cancellationToken
            );
    }
}
