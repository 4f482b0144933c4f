using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace BuildingBlocks.EmbeddedPostgres;

/// <summary>What lies where in the data folder, and who may do what with it when.</summary>
internal sealed class DataFolder(string path)
{
    private const string OrElse = "or set EmbeddedPostgres__DataDirectory to another folder. Nothing was changed.";
    private const UnixFileMode OnlyMine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan _lockRetry = TimeSpan.FromMilliseconds(25);

    public string Root { get; } = Path.GetFullPath(path);

    public string Cluster => Path.Combine(Root, "postgres");

    public string PasswordFile => Path.Combine(Root, "postgres.password");

    /// <summary>What the server says before its own log opens, and initdb.</summary>
    public string StartLog => Path.Combine(Root, "postgres.start.log");

    public string ServerLogs => Path.Combine(Cluster, "log");

    public string PidFile => Path.Combine(Cluster, "postmaster.pid");

    public bool HasCluster => File.Exists(VersionFile);

    /// <summary>The cluster's major version; null when there is no cluster yet.</summary>
    /// <exception cref="EmbeddedPostgresException">The cluster does not say.</exception>
    public int? ClusterMajor =>
        !HasCluster ? null
        : int.TryParse(
            File.ReadAllText(VersionFile).Trim(),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var major
        )
            ? major
        : throw new EmbeddedPostgresException(
            $"{VersionFile} is damaged: it does not say which PostgreSQL the cluster belongs to. Restore it, or set "
                + "EmbeddedPostgres__DataDirectory to a new folder."
        );

    private string UnfinishedPassword => PasswordFile + ".new";

    private string VersionFile => Path.Combine(Cluster, "PG_VERSION");

    private string PortFile => Path.Combine(Root, "postgres.port");

    private string GateFile => Path.Combine(Root, "postgres.lock");

    private string UsersFile => Path.Combine(Root, "postgres.users");

    public void Create()
    {
        if (Directory.Exists(Root))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Root);
        }
        else
        {
            Directory.CreateDirectory(Root, OnlyMine | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Makes sure that what is there of ours is what it should be, and that this user may use it.</summary>
    /// <exception cref="EmbeddedPostgresException">Something is not; says what it is, and what to do.</exception>
    public void EnsureIntact()
    {
        if (File.Exists(Cluster))
        {
            throw new EmbeddedPostgresException(
                $"{Cluster} is a file, where the folder of the PostgreSQL cluster belongs. Move it away, {OrElse}"
            );
        }

        string[] ours = [PasswordFile, UnfinishedPassword, PortFile, GateFile, UsersFile, StartLog];
        string[] read = [.. ours, VersionFile, PidFile];
        if (Array.Find(read, RegularFile.IsReplacedAt) is { } waiting)
        {
            throw new EmbeddedPostgresException(
                $"{waiting} is no regular file but a pipe, a device or a socket, where a file belongs. Move it away, "
                    + $"{OrElse}"
            );
        }

        if (Array.Find(read, Directory.Exists) is { } folder)
        {
            throw new EmbeddedPostgresException($"{folder} is a folder, where a file belongs. Move it away, {OrElse}");
        }

        foreach (var file in ours.Where(File.Exists))
        {
            try
            {
                File.Open(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete).Dispose();
            }
            catch (UnauthorizedAccessException refused)
            {
                throw new EmbeddedPostgresException(
                    $"{file} cannot be opened by the user {Environment.UserName}: {refused.Message} "
                        + $"Give that user access to it, {OrElse}",
                    refused
                );
            }
            catch (IOException)
            {
                // In another process's hands at this moment, so it is a file that can be opened.
            }
        }
    }

    /// <summary>
    /// The gate that one process at a time passes to start or stop the server. The kernel opens it again when its
    /// holder dies.
    /// </summary>
    public async Task<FileStream> EnterAsync(CancellationToken cancellationToken) =>
        await LockAsync(GateFile, cancellationToken);

    /// <summary>
    /// Counts us among the users of the server, until disposed of or until our death. Only inside the gate.
    /// </summary>
    public FileStream Use() => Open(UsersFile, FileAccess.Read, FileShare.Read);

    /// <summary>
    /// Whether a living process uses the server. Only inside the gate, and not while we use it ourselves.
    /// </summary>
    public bool IsInUse()
    {
        using var alone = TryLock(UsersFile);
        return alone is null;
    }

    /// <summary>The superuser's password, made at the first call.</summary>
    /// <exception cref="EmbeddedPostgresException">There is a cluster but not its password.</exception>
    public async Task<string> PasswordAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(PasswordFile))
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(PasswordFile, OnlyMine);
            }

            var kept = (await File.ReadAllTextAsync(PasswordFile, cancellationToken)).Trim();
            return kept.Length > 0
                ? kept
                : throw new EmbeddedPostgresException(
                    $"{PasswordFile} is empty. Restore it, or set EmbeddedPostgres__DataDirectory to a new folder."
                );
        }

        if (HasCluster)
        {
            throw new EmbeddedPostgresException(
                $"The cluster in {Cluster} is there but its password file {PasswordFile} is not. Restore the file, "
                    + "or set EmbeddedPostgres__DataDirectory to a new folder. Nothing was changed."
            );
        }

        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        File.Delete(UnfinishedPassword);
        await using (var stream = Open(UnfinishedPassword, FileAccess.ReadWrite, FileShare.None))
        await using (var writer = new StreamWriter(stream))
        {
            await writer.WriteLineAsync(password.AsMemory(), cancellationToken);
        }

        // Renamed when complete: a process killed in between must not leave an empty password.
        File.Move(UnfinishedPassword, PasswordFile);
        return password;
    }

    /// <summary>The port of the last start if it is free, else any free one.</summary>
    public int FreePort()
    {
        if (
            File.Exists(PortFile)
            && int.TryParse(File.ReadAllText(PortFile), NumberStyles.None, CultureInfo.InvariantCulture, out var kept)
            && kept is > 0 and <= 65535
            && IsFree(kept)
        )
        {
            return kept;
        }

        // Below the range from which systems take ports for outgoing connections, so that none of these is in the way
        // at the next start.
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(15000, 30000);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new EmbeddedPostgresException(
            "No free port was found between 15000 and 30000. Set EmbeddedPostgres__Port to a free one."
        );
    }

    public void Keep(int port) => File.WriteAllText(PortFile, port.ToString(CultureInfo.InvariantCulture));

    /// <summary>An exclusive lock on a file, waited for.</summary>
    public static async Task<FileStream> LockAsync(string file, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryLock(file) is { } held)
            {
                return held;
            }

            await Task.Delay(_lockRetry, cancellationToken);
        }
    }

    private static FileStream? TryLock(string file)
    {
        try
        {
            return Open(file, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
            when (exception is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    private static FileStream Open(string file, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = access,
            Share = share,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OnlyMine;
        }

        return new FileStream(file, options);
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
