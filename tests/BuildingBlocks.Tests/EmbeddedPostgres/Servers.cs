using System.Diagnostics;
using System.Globalization;
using BuildingBlocks.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace BuildingBlocks.Tests.EmbeddedPostgres;

/// <summary>What the tests of the private PostgreSQL do over and over.</summary>
internal static class Servers
{
    public const string Debian15 = "/usr/lib/postgresql/15/bin";

    public static EmbeddedPostgresOptions In(TemporaryFolder folder, string? binaries = null)
    {
        Assert.SkipWhen(binaries is Debian15 && !Directory.Exists(Debian15), "PostgreSQL 15 is not installed.");
        return new()
        {
            DataDirectory = folder["data"],
            BinDirectory = binaries,
            Durable = false,
        };
    }

    public static void OnlyOnLinux() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Looks into /proc, or at file modes.");

    public static void OnlyForRoot() =>
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Is about root.");

    /// <summary>The permissions of a file or folder in octal.</summary>
    public static string ModeOf(string path) =>
        OperatingSystem.IsWindows() ? "" : Convert.ToString((int)File.GetUnixFileMode(path), toBase: 8);

    public static void SetMode(string path, string octal)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(octal, fromBase: 8));
        }
    }

    public static Task<PostgresServer> StartAsync(EmbeddedPostgresOptions options) =>
        PostgresServer.StartAsync(options, NullLogger.Instance, TestContext.Current.CancellationToken);

    public static async Task<string> RefusalOfAsync(EmbeddedPostgresOptions options) =>
        (await Should.ThrowAsync<EmbeddedPostgresException>(() => StartAsync(options))).Message;

    public static async Task<object?> AskAsync(this PostgresServer server, string sql) =>
        await AskAsync(server.ConnectionString, sql);

    public static async Task<object?> AskAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Ends a server as a crash of the machine would.</summary>
    public static async Task CrashAsync(this PostgresServer server)
    {
        using var process = Process.GetProcessById(server.ProcessId);
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>
    /// What /proc/PID/stat says of a process, counted from its state (0), parent (1), group (2) and session (3).
    /// </summary>
    public static int Stat(int processId, int field)
    {
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[field], CultureInfo.InvariantCulture);
    }

    /// <summary>Looks until the condition holds, for a minute at most.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(20, deadline.Token);
        }
    }
}
