using System.Text.RegularExpressions;
using BuildingBlocks.Database.Guarding;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Migrations;
using Npgsql;

namespace BuildingBlocks.Database;

/// <summary>
/// Says what a migration failed at, and of which wall it ran against when that was it: the database knows only of
/// rights and names.
/// </summary>
internal static partial class MigrationFault
{
    /// <param name="whose">For the message.</param>
    /// <param name="schema">The one that the migration may change.</param>
    /// <param name="failed">What failed, and how.</param>
    public static StartupException Explain(string whose, string schema, FailedMigrationException failed)
    {
        var message = Foreign(schema, failed.Migration, failed.Cause) is { } foreign
            ? $"{failed.Message} It names {foreign}, which is not its own: {whose} sees its schema '{schema}' only, "
                + "in whatever way the statement was put together. "
                + "Keep a copy fed by the other module's events (docs/guides/copies.md), or let the Host compose the "
                + "answer (docs/guides/composition.md). Rule: docs/rules/MM0002.md"
            : failed.Message;
        return new(message, failed.Cause);
    }

    /// <summary>
    /// As the migration has it, or, where it puts its statement together, as the database was asked for it.
    /// </summary>
    private static string? Foreign(string schema, Migration migration, PostgresException failure) =>
        failure.SqlState switch
        {
            PostgresErrorCodes.InsufficientPrivilege
            or PostgresErrorCodes.InvalidSchemaName
            or PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.UndefinedFunction
            or PostgresErrorCodes.UndefinedObject => Of(Asked().Match(failure.MessageText), schema)
                ?? Written(schema, migration),
            _ => null,
        };

    private static string? Of(Match asked, string schema) =>
        asked.Success && !string.Equals(asked.Groups["schema"].Value, schema, StringComparison.Ordinal)
            ? $"schema '{asked.Groups["schema"].Value}'"
            : null;

    private static string? Written(string schema, Migration migration) =>
        new SqlGuard(schema, modules: [], sessionsAreShared: false).Read(migration.Sql) is { } found
            ? $"{found.Written} in schema '{found.Schema}'"
            : null;

    // schema "inventory" does not exist; permission denied for schema inventory; relation "inventory.stock_levels" does
    // not exist; function inventory.available(text) does not exist
    [GeneratedRegex(
        """(schema "(?<schema>[^"]+)"|for schema "?(?<schema>[^"\s]+)"?$|(relation|type|sequence|table) "(?<schema>[^".]+)\.[^"]+"|function "?(?<schema>[^".\s(]+)"?\.[^(]+\()""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Asked();
}
