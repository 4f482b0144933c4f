using System.Text.RegularExpressions;

namespace BuildingBlocks.Testing.Lanes;

/// <summary>
/// What a module's tables hold, without what is different each time the same events are applied: ids that were made up,
/// times and numbers that the database gave, and how far subscriptions have come.
/// </summary>
internal static partial class ComparableRows
{
    private const string Columns = """
        select c.relname::text,
               coalesce(string_agg(quote_literal(a.attname), ', ') filter (where a.attidentity <> '' or a.atttypid in ('xid8'::regtype, 'pg_snapshot'::regtype)
                 or pg_get_expr(d.adbin, d.adrelid) ~ '(now|clock_timestamp|nextval)\('), '')
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relnamespace = $1::regnamespace and c.relkind = 'r' and c.relname not in ('subscriptions', 'migrations')
        group by c.relname order by 1
        """;

    /// <param name="module">Whose tables.</param>
    /// <param name="sql">As the cluster's superuser.</param>
    /// <param name="known">Text with all ids that are the same each time.</param>
    public static async Task<IReadOnlyList<string>> Of(string module, TestSql sql, string known)
    {
        var ids = Ids().Matches(known).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        List<string> rows = [];
        foreach (var table in await sql.Rows(Columns, module))
        {
            rows.AddRange(
                (
                    await sql.List<string>(
                        $"select (to_jsonb(t) - array[{table[1]}]::text[])::text from \"{module}\".\"{table[0]}\" t"
                    )
                ).Select(row => $"{table[0]}: {Ids().Replace(row, id => ids.Contains(id.Value) ? id.Value : "*")}")
            );
        }

        return [.. rows.Order(StringComparer.Ordinal)];
    }

    /// <summary>With hyphens or without.</summary>
    [GeneratedRegex("[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Ids();
}
