using System.Text;
using Npgsql;

namespace BuildingBlocks.Database.Drafting;

/// <summary>A column as PostgreSQL describes it.</summary>
/// <param name="Category">Of its type, as in pg_type: what can stand for "nothing yet" follows from it.</param>
/// <param name="Expression">Its default, or what it is generated from.</param>
/// <param name="Identity">a: always, d: by default, empty: none.</param>
/// <param name="Collation">Null for that of the type.</param>
internal sealed record ColumnShape(
    string Table,
    string Name,
    string Type,
    char Category,
    bool IsRequired,
    string? Expression,
    string Identity,
    bool IsGenerated,
    string? Collation
)
{
    public string? Default => IsGenerated ? null : Expression;

    public string? Generated => IsGenerated ? Expression : null;
}

/// <summary>
/// A primary key, a foreign key, a check or an exclusion; what is unique is an <see cref="IndexShape"/>.
/// </summary>
/// <param name="Kind">As in pg_constraint: p, f, c or x.</param>
internal sealed record ConstraintShape(string Table, string Name, char Kind, string Definition, string? Referenced)
{
    /// <summary>A foreign key without what it does on delete and update.</summary>
    public string Reference => Definition.Split(" on delete ")[0].Split(" on update ")[0];
}

/// <summary>An index that is no primary key's.</summary>
/// <param name="IsConstraint">Whether it belongs to a unique constraint.</param>
/// <param name="Definition">What follows its table's name.</param>
internal sealed record IndexShape(string Table, string Name, bool IsUnique, bool IsConstraint, string Definition);

/// <summary>
/// What the tables of a schema look like, as PostgreSQL itself puts it: two that do the same read the same, however
/// they were written down. Names are quoted where they have to be, and without schemas; definitions are in lower case.
/// </summary>
/// <param name="Leading">The columns that indexes and keys without a condition begin with, by table.</param>
internal sealed record SchemaShape(
    IReadOnlyList<string> Tables,
    IReadOnlyList<ColumnShape> Columns,
    IReadOnlyList<ConstraintShape> Constraints,
    IReadOnlyList<IndexShape> Indexes,
    ILookup<string, string[]> Leading
)
{
    private const string BTree = "using btree ";

    private const string TablesSql = """
        select quote_ident(relname) from pg_class
        where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
        order by 1
        """;

    private const string ColumnsSql = """
        select quote_ident(c.relname), quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), t.typcategory, a.attnotnull,
          pg_get_expr(d.adbin, d.adrelid, true), a.attidentity::text, a.attgenerated <> '',
          (select quote_ident(o.collname) from pg_collation o where o.oid = a.attcollation and a.attcollation <> t.typcollation)
        from pg_attribute a
          join pg_class c on c.oid = a.attrelid
          join pg_type t on t.oid = a.atttypid
          left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
        order by c.relname, a.attnum
        """;

    private const string ConstraintsSql = """
        select quote_ident(c.relname), quote_ident(k.conname), k.contype, pg_get_constraintdef(k.oid, true), quote_ident(r.relname)
        from pg_constraint k join pg_class c on c.oid = k.conrelid left join pg_class r on r.oid = k.confrelid
        where c.relnamespace = current_schema()::regnamespace and k.contype in ('p', 'f', 'c', 'x')
        order by c.relname, array_position(array['p', 'f', 'c', 'x'], k.contype::text), k.conname
        """;

    private const string IndexesSql = """
        select quote_ident(c.relname), quote_ident(x.relname), i.indisunique, k.contype is not distinct from 'u', k.contype in ('p', 'x'),
          regexp_replace(pg_get_indexdef(i.indexrelid, 0, true), '^.*? USING ', 'using '), i.indpred is null,
          array(select quote_ident(a.attname) from unnest(i.indkey::int2[]) with ordinality as part (attnum, n)
                join pg_attribute a on a.attrelid = i.indrelid and a.attnum = part.attnum where part.n <= i.indnkeyatts order by part.n)
        from pg_index i
          join pg_class c on c.oid = i.indrelid
          join pg_class x on x.oid = i.indexrelid
          left join pg_constraint k on k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
        where c.relnamespace = current_schema()::regnamespace
        order by c.relname, i.indexrelid
        """;

    /// <summary>Reads the schema that is first in the search path.</summary>
    public static async Task<SchemaShape> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var indexes = await ListAsync(
            connection,
            IndexesSql,
            row =>
                (
                    Index: Index(row),
                    IsKey: !row.IsDBNull(4) && row.GetBoolean(4),
                    IsWhole: row.GetBoolean(6),
                    Columns: row.GetFieldValue<string[]>(7)
                ),
            cancellationToken
        );
        var whole = indexes.Where(one => one.IsWhole);
        return new(
            await ListAsync(connection, TablesSql, row => row.GetString(0), cancellationToken),
            await ListAsync(connection, ColumnsSql, Column, cancellationToken),
            await ListAsync(connection, ConstraintsSql, Constraint, cancellationToken),
            [.. indexes.Where(one => !one.IsKey).Select(one => one.Index)],
            whole.ToLookup(one => one.Index.Table, one => one.Columns, StringComparer.Ordinal)
        );
    }

    /// <summary>The same without some tables.</summary>
    /// <param name="tables">Their names without quotes.</param>
    public SchemaShape Without(IReadOnlySet<string> tables) =>
        new(
            [.. Tables.Where(table => !tables.Contains(Bare(table)))],
            [.. Columns.Where(column => !tables.Contains(Bare(column.Table)))],
            [.. Constraints.Where(constraint => !tables.Contains(Bare(constraint.Table)))],
            [.. Indexes.Where(index => !tables.Contains(Bare(index.Table)))],
            Leading
        );

    /// <summary>A name without the quotes that it may need in SQL, as EF Core has it.</summary>
    public static string Bare(string name) =>
        name.StartsWith('"') ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : name;

    private static ColumnShape Column(NpgsqlDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            row.GetChar(3),
            row.GetBoolean(4),
            row.IsDBNull(5) ? null : LowerCase(row.GetString(5)),
            row.GetString(6),
            row.GetBoolean(7),
            row.IsDBNull(8) ? null : row.GetString(8)
        );

    private static ConstraintShape Constraint(NpgsqlDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetChar(2),
            LowerCase(row.GetString(3)),
            row.IsDBNull(4) ? null : row.GetString(4)
        );

    private static IndexShape Index(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetBoolean(3), Parts(row.GetString(5)));

    private static async Task<IReadOnlyList<T>> ListAsync<T>(
        NpgsqlConnection connection,
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken
    )
    {
        List<T> rows = [];
        await using NpgsqlCommand command = new(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static string Parts(string definition)
    {
        var lower = LowerCase(definition);
        return lower.StartsWith(BTree, StringComparison.Ordinal) ? lower[BTree.Length..] : lower;
    }

    /// <summary>PostgreSQL writes keywords in capitals, and whatever else has any in quotes.</summary>
    private static string LowerCase(string definition)
    {
        StringBuilder lower = new(definition.Length);
        char? quote = null;
        foreach (var letter in definition)
        {
            quote =
                quote is null ? (letter is '\'' or '"' ? letter : null)
                : letter == quote ? null
                : quote;
            lower.Append(quote is null ? char.ToLowerInvariant(letter) : letter);
        }

        return lower.ToString();
    }
}
