namespace BuildingBlocks.Testing.Lanes;

/// <summary>
/// The rows of a module's tables at one time, kept beside them so that they can be brought back. Written as the
/// cluster's superuser.
/// </summary>
internal sealed class SchemaCopy : IAsyncDisposable
{
    private readonly TestSql sql;
    private readonly string module;
    private readonly IReadOnlyList<string> tables;

    private SchemaCopy(TestSql sql, string module, IReadOnlyList<string> tables) =>
        (this.sql, this.module, this.tables) = (sql, module, tables);

    private string Schema => $"{module}.copy";

    /// <summary>Copies all tables but the list of migrations.</summary>
    public static async Task<SchemaCopy> Of(string module, TestSql sql)
    {
        SchemaCopy copy = new(
            sql,
            module,
            await sql.List<string>(
                "select relname::text from pg_class where relnamespace = $1::regnamespace and relkind = 'r' and "
                    + "relname <> 'migrations' order by 1",
                module
            )
        );
        await sql.Execute(
            $"create schema \"{copy.Schema}\"; "
                + string.Concat(
                    copy.tables.Select(table =>
                        $"create table \"{copy.Schema}\".\"{table}\" as table \"{module}\".\"{table}\"; "
                    )
                )
        );
        return copy;
    }

    /// <summary>Brings the rows back as they were, without asking triggers and foreign keys.</summary>
    public async Task Restore()
    {
        List<string> statements =
        [
            "set local session_replication_role = replica",
            $"truncate {string.Join(", ", tables.Select(Live))}",
        ];
        foreach (var table in tables)
        {
            var columns = await sql.Value<string>(
                """
                select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
                where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''
                """,
                Live(table)
            );
            statements.Add(
                $"insert into {Live(table)} ({columns}) overriding system value select {columns} from "
                    + $"\"{Schema}\".\"{table}\""
            );
        }

        await sql.Execute($"begin; {string.Join("; ", statements)}; commit");
    }

    public async ValueTask DisposeAsync() => await sql.Execute($"drop schema \"{Schema}\" cascade");

    private string Live(string table) => $"\"{module}\".\"{table}\"";
}
