using BuildingBlocks.EventLog.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BuildingBlocks.EventLog.Parking;

/// <summary>Sorts failures: of the event, of the database, or a conflict.</summary>
internal static class Failures
{
    /// <summary>A fault of the database: the same work succeeds later, so nothing is parked.</summary>
    public static bool IsTransient(Exception failure) => DatabaseFault.Of(failure) is not null;

    /// <summary>
    /// Somebody else changed a row after it was read, or holds one while waiting for another that is held here. What
    /// was done is undone and done again.
    /// </summary>
    public static bool IsConflict(Exception failure) =>
        Causes.Of(failure).Any(one => one is DbUpdateConcurrencyException)
        || DatabaseFault.Of(failure) is { Kind: DatabaseFaultKind.Conflict };

    /// <summary>
    /// Two transactions may have looked for a row, found none and added it. Done again, the second finds it; what fails
    /// again then is a fault of its own.
    /// </summary>
    public static bool MayBeConflict(Exception failure) =>
        Causes.Of(failure).Any(one => one is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation });
}
