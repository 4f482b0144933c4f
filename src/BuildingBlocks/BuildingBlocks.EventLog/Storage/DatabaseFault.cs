using Npgsql;

namespace BuildingBlocks.EventLog.Storage;

/// <summary>What a failure that is not the work's own fault asks of whoever met it.</summary>
public enum DatabaseFaultKind
{
    /// <summary>Others worked on the same at the same time; tried again at once, it usually succeeds.</summary>
    Conflict,

    /// <summary>The server serves nobody at the moment, whatever is asked; tried again later, it succeeds.</summary>
    Unavailable,
}

/// <summary>
/// The one list of failures of the database that are nobody's bug: requests, the event log, health checks, migrations
/// and the start-up all ask it. What is not on it is answered as a bug, and an event that meets it is parked.
/// </summary>
/// <param name="Kind">What to do about it.</param>
/// <param name="Reason">For logs and operators: what the server or the connection said, and what to do.</param>
public sealed record DatabaseFault(DatabaseFaultKind Kind, string Reason)
{
    // SQLSTATEs, or the class that begins them; the first that fits counts. The names of PostgresErrorCodes stop before
    // 25P03, 25P04 and 57P05.
    private static readonly (string SqlState, DatabaseFaultKind Kind, string Remedy)[] States =
    [
        (PostgresErrorCodes.SerializationFailure, DatabaseFaultKind.Conflict, "Others changed the same rows."),
        (PostgresErrorCodes.DeadlockDetected, DatabaseFaultKind.Conflict, "Others held the same rows."),
        (PostgresErrorCodes.LockNotAvailable, DatabaseFaultKind.Conflict, "Others hold what this needs."),
        (PostgresErrorCodes.ObjectInUse, DatabaseFaultKind.Conflict, "Others use what this needs."),
        (PostgresErrorCodes.ReadOnlySqlTransaction, DatabaseFaultKind.Unavailable, ReadOnly),
        (PostgresErrorCodes.StatementCompletionUnknown, DatabaseFaultKind.Unavailable, "The connection was lost."),
        (
            PostgresErrorCodes.QueryCanceled,
            DatabaseFaultKind.Unavailable,
            "An administrator or statement_timeout ended the statement."
        ),
        ("25P03", DatabaseFaultKind.Unavailable, "The server ended a session that was idle inside a transaction."),
        ("25P04", DatabaseFaultKind.Unavailable, "The server ended a transaction that took longer than it allows."),
        (
            "57P05",
            DatabaseFaultKind.Unavailable,
            "The server ended an idle session; set idle_session_timeout to 0 for the roles of modules."
        ),
        (PostgresErrorCodes.DatabaseDropped, DatabaseFaultKind.Unavailable, "Restore or provision the database."),
        (
            "57P",
            DatabaseFaultKind.Unavailable,
            "The server is starting, stopping or recovering, or an administrator ended the session."
        ),
        (
            PostgresErrorCodes.TooManyConnections,
            DatabaseFaultKind.Unavailable,
            "Raise max_connections or lower Database:PoolSize."
        ),
        (PostgresErrorCodes.DiskFull, DatabaseFaultKind.Unavailable, "Make room on the server's disk."),
        ("53", DatabaseFaultKind.Unavailable, "The server lacks memory or another resource."),
        ("08", DatabaseFaultKind.Unavailable, "The connection was lost."),
        ("28", DatabaseFaultKind.Unavailable, "Check user, password and pg_hba.conf."),
        (
            PostgresErrorCodes.InvalidCatalogName,
            DatabaseFaultKind.Unavailable,
            "Check the database's name, or provision the database first."
        ),
        ("58", DatabaseFaultKind.Unavailable, "The server's machine fails it; see the server's log."),
        ("F0", DatabaseFaultKind.Unavailable, "Mend the server's configuration file."),
    ];

    private const string ReadOnly =
        "The server takes no writes: it is a standby, or default_transaction_read_only is on. Make it writable, or "
        + "connect to the primary.";

    /// <summary>Finds the fault in a failure and all that caused it.</summary>
    /// <returns>Null when the database is not to blame, or the work was cancelled from here.</returns>
    public static DatabaseFault? Of(Exception? failure) =>
        Causes
            .Of(failure)
            // What lies beneath is the server's answer to our own wish.
            .TakeWhile(one => one is not OperationCanceledException)
            .Select(OfOne)
            .FirstOrDefault(fault => fault is not null);

    private static DatabaseFault? OfOne(Exception failure) =>
        failure switch
        {
            PostgresException answered => OfAnswer(answered),
            // Two commands at once on one connection, which is for whoever wrote them.
            NpgsqlOperationInProgressException => null,
            // Npgsql itself says nothing else than that it cannot connect, lost the connection, or has none free.
            NpgsqlException => new(DatabaseFaultKind.Unavailable, $"{Innermost(failure)}."),
            _ => null,
        };

    private static DatabaseFault? OfAnswer(PostgresException answered)
    {
        var state = Array.Find(States, known => answered.SqlState.StartsWith(known.SqlState, StringComparison.Ordinal));
        return state.SqlState is not null
                ? new(state.Kind, $"{answered.MessageText} ({answered.SqlState}). {state.Remedy}")
            // Whatever ends the session, or lets none begin, says nothing of the statement.
            : answered.InvariantSeverity is "FATAL" or "PANIC"
                ? new(DatabaseFaultKind.Unavailable, $"{answered.MessageText} ({answered.SqlState}).")
            : null;
    }

    private static string Innermost(Exception failure) =>
        (
            failure.InnerException is { } cause and not AggregateException
                ? $"{failure.Message}: {cause.Message}"
                : failure.Message
        ).TrimEnd('.');
}
