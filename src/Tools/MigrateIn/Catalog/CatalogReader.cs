using System.Data;
using Npgsql;

namespace MigrateIn.Catalog;

/// <summary>Reads the catalog of any PostgreSQL database, 13 or newer, in one snapshot and without a lock on a
/// table.</summary>
internal static class CatalogReader
{
    private const string Foreign = """
        n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'migrate_in') and n.nspname !~ '^pg_(toast_)?temp_'
        """;

    private const string Tables = $"""
        select c.oid::int8, n.nspname::text, c.relname::text, c.relkind::text, c.relrowsecurity, c.relpersistence::text,
          (select i.inhparent::int8 from pg_inherits i where i.inhrelid = c.oid order by i.inhseqno limit 1),
          coalesce((
            select array_agg(a.attname::text order by array_position(k.columns, a.attnum))
            from (
              select i.indrelid, (i.indkey::int2[])[0:i.indnkeyatts - 1] as columns from pg_index i
              where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
                and i.indimmediate
                and not exists (
                  select from pg_attribute a
                  where a.attrelid = i.indrelid and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1]) and not a.attnotnull)
              order by i.indisprimary desc, i.indnkeyatts, i.indexrelid limit 1) k
            join pg_attribute a on a.attrelid = k.indrelid and a.attnum = any (k.columns)), array[]::text[]),
          array(
            select distinct note from (
              select case
                when a.attgenerated <> '' then 'generated columns'
                when a.attidentity <> '' then 'identity' end as note
              from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
              union all
              select case t.typtype when 'e' then 'enum ' when 'd' then 'domain ' else 'composite type ' end || t.typname
              from pg_attribute a
              join pg_type given on given.oid = a.atttypid
              join pg_type t on t.oid = case when given.typelem <> 0 and given.typlen = -1 then given.typelem else given.oid end
              where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and t.typtype in ('e', 'd', 'c')) notes
            where note is not null order by note),
          coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0), coalesce(s.n_tup_upd, 0) + coalesce(s.n_tup_del, 0)
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        left join pg_stat_all_tables s on s.relid = c.oid
        where c.relkind in ('r', 'p', 'f') and {Foreign}
          and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
        """;

    private const string ForeignKeys = """
        select k.conname::text, k.conrelid::int8, k.confrelid::int8,
          array(
            select a.attname::text from unnest(k.conkey) with ordinality u (num, place)
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num order by u.place),
          case k.confdeltype when 'a' then 'no action' when 'r' then 'restrict' when 'c' then 'cascade'
            when 'n' then 'set null' else 'set default' end,
          k.condeferrable
        from pg_constraint k where k.contype = 'f' and k.conparentid = 0
        """;

    private const string Views = $"""
        select distinct v.oid::int8, n.nspname::text, v.relname::text, d.refobjid::int8
        from pg_class v
        join pg_namespace n on n.oid = v.relnamespace
        join pg_rewrite r on r.ev_class = v.oid
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
          and d.refclassid = 'pg_class'::regclass and d.refobjid <> v.oid
        where v.relkind in ('v', 'm') and {Foreign}
        """;

    private const string Routines = $"""
        select p.oid::int8, n.nspname::text, p.proname::text,
          case when p.prosrc <> '' then p.prosrc else pg_get_functiondef(p.oid) end
        from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        join pg_language l on l.oid = p.prolang
        where p.prokind in ('f', 'p') and l.lanname in ('sql', 'plpgsql') and {Foreign}
          and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
        """;

    private const string Triggers =
        "select tgname::text, tgrelid::int8, tgfoid::int8 from pg_trigger where not tgisinternal";

    private const string Policies = """
        select distinct p.polname::text, p.polrelid::int8, d.refobjid::int8
        from pg_policy p
        join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
          and d.refclassid = 'pg_class'::regclass and d.refobjid <> p.polrelid
        """;

    /// <exception cref="NpgsqlException">The database cannot be read.</exception>
    public static async Task<LegacyCatalog> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var snapshot = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            cancellationToken
        );
        await using (NpgsqlCommand readOnly = new("set transaction read only", connection, snapshot))
        {
            await readOnly.ExecuteNonQueryAsync(cancellationToken);
        }

        Task<List<object?[]>> Rows(string sql) => RowsAsync(connection, sql, cancellationToken);
        var found = (await Rows(Tables)).ToDictionary(row => (long)row[0]!, row => row);
        var names = found.ToDictionary(
            one => one.Key,
            one => new TableName((string)one.Value[1]!, (string)one.Value[2]!)
        );
        var tables = found.Select(one => Table(one.Key, found, names)).OrderBy(table => table.Name).ToList();
        var keys = tables.ToDictionary(table => table.Name, table => table.Key);
        var foreignKeys =
            from row in await Rows(ForeignKeys)
            where names.ContainsKey((long)row[1]!) && names.ContainsKey((long)row[2]!)
            let columns = (string[])row[3]!
            let source = names[(long)row[1]!]
            select new LegacyForeignKey(
                (string)row[0]!,
                source,
                names[(long)row[2]!],
                columns,
                (string)row[4]!,
                (bool)row[5]!,
                columns.ToHashSet(StringComparer.Ordinal).SetEquals(keys[source].Take(columns.Length))
            );
        var routines =
            from row in await Rows(Routines)
            let name = new TableName((string)row[1]!, (string)row[2]!)
            orderby name, (long)row[0]!
            select new LegacyRoutine((long)row[0]!, name.ToString(), (string)row[3]!);
        var triggers =
            from row in await Rows(Triggers)
            where names.ContainsKey((long)row[1]!)
            let table = names[(long)row[1]!]
            select new LegacyTrigger((string)row[0]!, table, (long)row[2]!);
        var policies =
            from row in await Rows(Policies)
            where names.ContainsKey((long)row[1]!) && names.ContainsKey((long)row[2]!)
            group names[(long)row[2]!] by ((string)row[0]!, names[(long)row[1]!]) into policy
            select new LegacyPolicy(policy.Key.Item1, policy.Key.Item2, [.. policy.Order()]);
        return new(
            tables,
            [.. foreignKeys.OrderBy(key => key.From).ThenBy(key => key.Name, StringComparer.Ordinal)],
            ViewsOf(await Rows(Views), names),
            [.. routines],
            [.. triggers.OrderBy(trigger => trigger.Table).ThenBy(trigger => trigger.Name, StringComparer.Ordinal)],
            [.. policies.OrderBy(policy => policy.Table).ThenBy(policy => policy.Name, StringComparer.Ordinal)],
            (string[])(await Rows("select current_schemas(false)::text[]"))[0][0]!
        );
    }

    private static LegacyTable Table(long id, Dictionary<long, object?[]> found, Dictionary<long, TableName> names)
    {
        var row = found[id];
        var root = id;
        while (found[root][6] is long parent && found.ContainsKey(parent))
        {
            root = parent;
        }

        var key = (string[])row[7]!;
        List<string> notes = [.. (string[])row[8]!];
        if (key.Length == 0)
        {
            notes.Add("no key");
        }

        if ((bool)row[4]!)
        {
            notes.Add("row security");
        }

        if (row[5] is "u")
        {
            notes.Add("unlogged");
        }

        notes.AddRange(
            row[3] is "p" ? ["partitioned"]
            : row[3] is "f" ? ["foreign table"]
            : []
        );
        return new(names[id], root == id ? null : names[root], key, notes, (long)row[9]!, (long)row[10]!);
    }

    /// <summary>A view over views reads the tables of those.</summary>
    private static List<LegacyView> ViewsOf(List<object?[]> rows, Dictionary<long, TableName> tables)
    {
        var uses = rows.ToLookup(row => (long)row[0]!, row => (long)row[3]!);
        return
        [
            .. from row in rows.DistinctBy(row => row[0])
            let name = new TableName((string)row[1]!, (string)row[2]!)
            orderby name
            select new LegacyView(name, [.. TablesOf((long)row[0]!).Order()]),
        ];

        HashSet<TableName> TablesOf(long view)
        {
            HashSet<long> seen = [view];
            HashSet<TableName> read = [];
            Queue<long> open = new([view]);
            while (open.TryDequeue(out var next))
            {
                foreach (var used in uses[next].Where(seen.Add))
                {
                    open.Enqueue(used);
                    if (tables.TryGetValue(used, out var table))
                    {
                        read.Add(table);
                    }
                }
            }

            return read;
        }
    }

    private static async Task<List<object?[]>> RowsAsync(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken
    )
    {
        List<object?[]> rows = [];
        await using NpgsqlCommand command = new(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add([.. row.Select(value => value is DBNull ? null : value)]);
        }

        return rows;
    }
}
