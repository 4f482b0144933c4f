using BuildingBlocks.EventLog.Hosting;
using Npgsql;

namespace BuildingBlocks.EventLog.Storage;

/// <summary>Says in one sentence why a server could not be used, and which setting to change.</summary>
internal static class ConnectionFault
{
    public static StartupException Explain(
        NpgsqlException failure,
        string setting,
        NpgsqlConnectionStringBuilder target
    )
    {
        var server = $"PostgreSQL at {target.Host}:{target.Port}";
        var message = (failure as PostgresException)?.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                $"{server} refused user '{target.Username}': {failure.Message}. Check user and password in {setting}.",
            PostgresErrorCodes.InvalidCatalogName =>
                $"{server} has no database '{target.Database}'. Check {setting}, or provision the database first.",
            null => $"{server} cannot be reached: {(failure.InnerException ?? failure).Message}. Start it, or check "
                + $"{setting}.",
            _ when DatabaseFault.Of(failure) is { } fault => $"{server} cannot be used: {fault.Reason}",
            _ => $"{server} cannot be used: {failure.Message}. Check {setting}.",
        };
        return new(message, failure);
    }
}
