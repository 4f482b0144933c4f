using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.Database;

/// <summary>
/// Whether a module's role still has the rights that provisioning and migrating gave it: an administrator may have
/// taken some away, and PostgreSQL then says of the module's own tables that they do not exist.
/// </summary>
internal static class ModuleRights
{
    private const string Lacking = """
        select current_user,
          case when n.oid is null then 'schema ' || $1
               when not has_schema_privilege(n.oid, 'usage') then 'usage on schema ' || $1
               else concat_ws(', ',
                 (select string_agg(p.privilege || ' on ' || $1 || '.' || c.relname, ', ' order by c.relname, p.privilege)
                  from pg_class c cross join unnest(array['select', 'insert', 'update', 'delete']) p(privilege)
                  where c.relnamespace = n.oid and c.relkind in ('r', 'p') and not has_table_privilege(c.oid, p.privilege)
                    and not (c.relname = 'outbox' and p.privilege in ('update', 'delete'))
                    and not (c.relname = 'migrations' and p.privilege <> 'select')),
                 (select string_agg('execute on ' || $1 || '.' || f.proname, ', ' order by f.proname)
                  from pg_proc f where f.pronamespace = n.oid and not has_function_privilege(f.oid, 'execute'))) end
        from (values (1)) one left join pg_namespace n on n.nspname = $1
        """;

    /// <summary>Asks the database.</summary>
    /// <param name="connection">Open, signed in as the module's role.</param>
    /// <param name="module">The module's name.</param>
    /// <returns>What is missing, and what gives it back; null when all is there.</returns>
    /// <exception cref="NpgsqlException">The database cannot be used.</exception>
    public static async Task<string?> FindMissingAsync(
        NpgsqlConnection connection,
        string module,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(Lacking, connection).With(module);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetString(1) is { Length: > 0 } missing
            ? $"Role {reader.GetString(0)} has lost {missing}. Give it back by 'database provision' and 'database "
                + "migrate', and look for more with 'database verify'."
            : null;
    }

    /// <summary>
    /// Whether a failure may come from missing rights: something of the module's own is refused, or not to be seen.
    /// </summary>
    public static bool MayExplain(Exception failure) =>
        Causes
            .Of(failure)
            .Any(cause =>
                cause
                    is PostgresException
                    {
                        SqlState: PostgresErrorCodes.InsufficientPrivilege
                            or PostgresErrorCodes.InvalidSchemaName
                            or PostgresErrorCodes.UndefinedTable
                            or PostgresErrorCodes.UndefinedFunction
                    }
            );
}
