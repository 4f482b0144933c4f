using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BuildingBlocks.Messaging;

/// <summary>Tells whose fault a failure is.</summary>
internal static class Failures
{
    // A process that was stopped for longer than its transaction may last; the second on PostgreSQL 17 and later.
    private const string IdleInTransactionTimeout = "25P03";
    private const string TransactionTimeout = "25P04";

    /// <summary>Lost connections, deadlocks, serialization failures and a server that stops are nobody's fault: the same work succeeds later.</summary>
    public static bool IsTransient(Exception failure) => Chain(failure).Any(one => one switch
    {
        PostgresException postgres => postgres.IsTransient || postgres.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
            or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.TooManyConnections or IdleInTransactionTimeout or TransactionTimeout,
        NpgsqlException npgsql => npgsql.IsTransient || npgsql.InnerException is IOException or System.Net.Sockets.SocketException,
        _ => false,
    });

    /// <summary>Somebody else changed a row after it was read. What was done from the old state is undone and done again from the new one.</summary>
    public static bool IsConflict(Exception failure) => Chain(failure).Any(one => one is DbUpdateConcurrencyException);

    /// <summary>
    /// Two transactions may have looked for a row, found none and added it. Done again, the second finds it; what fails again then is a fault of its own.
    /// </summary>
    public static bool MayBeConflict(Exception failure) =>
        Chain(failure).Any(one => one is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation });

    private static IEnumerable<Exception> Chain(Exception failure)
    {
        for (var one = failure; one is not null; one = one.InnerException)
        {
            yield return one;
        }
    }
}
