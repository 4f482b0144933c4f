using Npgsql;

namespace MigrateIn.Statements;

/// <summary>What pg_stat_statements counted in this database, where it is there.</summary>
internal static class StatementStatistics
{
    /// <returns>The statements with their calls, or null and why there are none.</returns>
    public static async Task<(IReadOnlyList<(string Sql, double Calls)>? Counted, string? Absence)> ReadAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        const string Place =
            "select quote_ident(n.nspname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace "
            + "where e.extname = 'pg_stat_statements'";
        await using NpgsqlCommand place = new(Place, connection);
        if (await place.ExecuteScalarAsync(cancellationToken) is not string schema)
        {
            return (null, "pg_stat_statements is not installed");
        }

        try
        {
            List<(string, double)> counted = [];
            await using NpgsqlCommand command = new(
                $"""
                select query, sum(calls)::float8 from {schema}.pg_stat_statements
                where dbid = (select oid from pg_database where datname = current_database()) and query is not null
                group by query order by query collate "C"
                """,
                connection
            );
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                counted.Add((reader.GetString(0), reader.GetDouble(1)));
            }

            return (counted, null);
        }
        catch (PostgresException refused)
            when (refused.SqlState
                    is PostgresErrorCodes.ObjectNotInPrerequisiteState
                        or PostgresErrorCodes.InsufficientPrivilege
            )
        {
            return (null, refused.MessageText);
        }
    }
}
