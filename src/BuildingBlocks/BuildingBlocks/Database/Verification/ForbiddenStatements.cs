using System.Text.Json;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.Database.Verification;

/// <summary>What an app role must be refused, and the trying of it.</summary>
internal static class ForbiddenStatements
{
    // Seconds, for all statements of one role.
    private const int LongestTry = 120;

    /// <summary>
    /// Everything that lies behind other modules' walls, and what nobody but an owner or administrator may do.
    /// </summary>
    public static async Task<IReadOnlyList<string>> ForAsync(
        NpgsqlConnection connection,
        string module,
        bool isShadow,
        string[] ownSchemas,
        IReadOnlyCollection<Wall> walls,
        CancellationToken cancellationToken
    )
    {
        return
        [
            .. EveryRole(connection, module, walls),
            "update outbox set key = key where false",
            .. isShadow
                ? new[] { "insert into outbox default values", "update feed_in set epoch = null where false" }
                : [],
            .. await OthersAsync(connection, ownSchemas, walls, cancellationToken),
        ];
    }

    /// <summary>
    /// What the role of a feed must be refused: everything but reading and appending to the one shadow.
    /// </summary>
    public static async Task<IReadOnlyList<string>> ForFeedAsync(
        NpgsqlConnection connection,
        string module,
        IReadOnlyCollection<Wall> walls,
        CancellationToken cancellationToken
    ) =>
        [
            .. EveryRole(connection, module, walls),
            "insert into outbox_consumers default values",
            "select 1 from outbox_retention",
            "delete from feed_in where false",
            .. await OthersAsync(connection, [module], walls, cancellationToken),
        ];

    private static IEnumerable<string> EveryRole(
        NpgsqlConnection connection,
        string module,
        IReadOnlyCollection<Wall> walls
    ) =>
        [
            $"create table {Quote(module)}.planted ()",
            "create temporary table planted ()",
            "create schema planted",
            "create table public.planted ()",
            "create role planted",
            $"alter role {Quote(connection.UserName!)} createdb",
            "create publication planted for all tables",
            "copy (select 1) to program 'true'",
            "select pg_read_file('PG_VERSION')",
            "delete from outbox where false",
            "delete from migrations where false",
            .. walls
                .SelectMany(wall => new[] { wall.Owner, wall.App, wall.Feed })
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .Select(role => $"set local role {Quote(role)}")
                .Where(statement => !statement.EndsWith(Quote(connection.UserName!), StringComparison.Ordinal)),
        ];

    private static async Task<IReadOnlyList<string>> OthersAsync(
        NpgsqlConnection connection,
        string[] ownSchemas,
        IReadOnlyCollection<Wall> walls,
        CancellationToken cancellationToken
    )
    {
        List<string> statements = [];
        await using var foreign = new NpgsqlCommand(
            """
            select format('%I.%I', n.nspname, c.relname), c.relkind::text, n.nspname = 'reference' from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and n.nspname = any ($1) and n.nspname <> all ($2) order by 1
            """,
            connection
        ).With(walls.Select(wall => wall.Schema).ToArray(), ownSchemas);
        await using var reader = await foreign.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (name, isSequence, isReference) = (
                reader.GetString(0),
                string.Equals(reader.GetString(1), "S", StringComparison.Ordinal),
                reader.GetBoolean(2)
            );
            statements.AddRange(
                isSequence
                    ?
                    [
                        $"select last_value from {name}",
                        $"select nextval('{name.Replace("'", "''", StringComparison.Ordinal)}')",
                    ]
                    : Writes(name).Concat(isReference ? [] : [$"select 1 from {name}"])
            );
        }

        return statements;
    }

    /// <summary>Tries them, all in one transaction that is rolled back.</summary>
    /// <returns>A finding for each that was not refused for want of rights.</returns>
    public static async Task<IReadOnlyList<Finding>> TryAsync(
        NpgsqlConnection connection,
        string role,
        IReadOnlyList<string> statements,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var given = new NpgsqlCommand(
            "select set_config('verification.statements', $1, true)",
            connection
        ).With(JsonSerializer.Serialize(statements));
        await given.ExecuteNonQueryAsync(cancellationToken);

        // One round trip for all: each statement in a block of its own, undone at once if it went through.
        await using NpgsqlCommand all = new(
            """
            do $$
            declare
              statement text;
              obeyed    jsonb := '[]';
            begin
              for statement in select jsonb_array_elements_text(current_setting('verification.statements')::jsonb) loop
                begin
                  execute statement;
                  raise exception using errcode = 'MM000';
                exception
                  when insufficient_privilege then null;
                  when sqlstate 'MM000' then obeyed := obeyed || jsonb_build_array(jsonb_build_array(statement, ''));
                  when others then obeyed := obeyed || jsonb_build_array(jsonb_build_array(statement, sqlstate || ': ' || sqlerrm));
                end;
              end loop;
              perform set_config('verification.obeyed', obeyed::text, true);
            end $$
            """,
            connection
        )
        {
            CommandTimeout = LongestTry,
        };
        await all.ExecuteNonQueryAsync(cancellationToken);
        await using NpgsqlCommand result = new("select current_setting('verification.obeyed')", connection);
        var obeyed = JsonSerializer.Deserialize<string[][]>(
            (string)(await result.ExecuteScalarAsync(cancellationToken))!
        )!;
        await transaction.RollbackAsync(cancellationToken);
        return
        [
            .. obeyed.Select(one => new Finding(
                "not-refused",
                role,
                one[1].Length == 0
                    ? $"It was not refused: {one[0]}."
                    : $"It should have been refused for want of rights, but failed otherwise: {one[0]} ({one[1]}).",
                "Find the right that lets it through: grants, memberships, ownership; see the other findings."
            )),
        ];
    }

    private static IEnumerable<string> Writes(string table) =>
        [
            $"insert into {table} default values",
            $"delete from {table} where false",
            $"truncate {table}",
            $"alter table {table} add column planted int",
        ];

    private static string Quote(string identifier) =>
        $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
