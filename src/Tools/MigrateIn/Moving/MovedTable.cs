using MigrateIn.Catalog;

namespace MigrateIn.Moving;

/// <summary>A table that is copied and followed, and the SQL that its name, key and columns make.</summary>
/// <param name="Target">The copy, in the schema of the context that is to own it.</param>
/// <param name="Key">Columns that tell rows apart, with their types.</param>
/// <param name="Columns">All columns, in their order.</param>
internal sealed record MovedTable(
    TableName Source,
    TableName Target,
    IReadOnlyList<(string Name, string Type)> Key,
    IReadOnlyList<string> Columns
)
{
    private const string TriggerName = "migrate_in_capture";

    private string Keys => string.Join(", ", Key.Select(column => Quoted(column.Name)));

    private string TypedKeys => string.Join(", ", Key.Select(column => $"{Quoted(column.Name)} {column.Type}"));

    private string All => string.Join(", ", Columns.Select(Quoted));

    /// <summary>Queues the key of every row that changes from then on. Holds SHARE ROW EXCLUSIVE on the
    /// table.</summary>
    public string CreateTriggers =>
        $"""
            create trigger {TriggerName} after insert or update or delete on {Sql(Source)} for each row
              execute function migrate_in.capture({Arguments});
            create trigger {TriggerName}_truncate after truncate on {Sql(Source)} for each statement
              execute function migrate_in.capture({Arguments});
            """;

    /// <summary>Holds ACCESS EXCLUSIVE on the table.</summary>
    public string DropTriggers =>
        $"""
            drop trigger if exists {TriggerName} on {Sql(Source)};
            drop trigger if exists {TriggerName}_truncate on {Sql(Source)};
            """;

    /// <summary>
    /// Columns and key only: rows arrive one by one in an order of their own, so another unique index would refuse what
    /// is right in the end.
    /// </summary>
    public string CreateTarget =>
        $"""
            create schema if not exists {Quoted(Target.Schema)};
            create table {Sql(Target)} (like {Sql(Source)});
            alter table {Sql(Target)} add primary key ({Keys});
            """;

    public string DropTarget => $"drop table if exists {Sql(Target)}";

    /// <summary>Copies the next rows in the order of the key; $1 is how many, $2 the key copied last, if any.</summary>
    /// <returns>How many there were, and the last key.</returns>
    public string CopyChunk(bool isFirst) =>
        $"""
            with chunk as materialized (
              select {All} from {Sql(Source)}
              {(isFirst ? "" : $"where ({Keys}) > (select {Keys} from jsonb_to_record($2::jsonb) as k({TypedKeys}))")}
              order by {Keys} limit $1),
            put as (insert into {Sql(Target)} ({All}) select {All} from chunk on conflict do nothing)
            select count(*), (
              select jsonb_build_object({KeyMembers}) from chunk
              order by {string.Join(", ", Key.Select(column => $"{Quoted(column.Name)} desc"))} limit 1)::text
            from chunk
            """;

    /// <summary>Deletes from the copy what the source no longer has, of the keys in $1, a JSON array.</summary>
    public string DeleteGone =>
        $"""
            delete from {Sql(Target)} n using jsonb_to_recordset($1::jsonb) as k({TypedKeys})
            where {Same("n", "k")} and not exists (select from {Sql(Source)} o where {Same("o", "k")})
            """;

    /// <summary>The same for all keys, after TRUNCATE.</summary>
    public string DeleteAllGone =>
        $"delete from {Sql(Target)} n where not exists (select from {Sql(Source)} o where {Same("o", "n")})";

    /// <summary>Takes the current rows of the keys in $1, a JSON array.</summary>
    public string Upsert
    {
        get
        {
            var others = Columns.Except(Key.Select(column => column.Name), StringComparer.Ordinal).ToArray();
            var taken = others.Select(column => $"{Quoted(column)} = excluded.{Quoted(column)}");
            var change = others.Length == 0 ? "nothing" : $"update set {string.Join(", ", taken)}";
            return $"""
                insert into {Sql(Target)} ({All})
                select {string.Join(", ", Columns.Select(column => $"o.{Quoted(column)}"))} from {Sql(Source)} o
                where ({string.Join(", ", Key.Select(column => $"o.{Quoted(column.Name)}"))}) in (
                  select {Keys} from jsonb_to_recordset($1::jsonb) as k({TypedKeys}))
                on conflict ({Keys}) do {change}
                """;
        }
    }

    /// <summary>
    /// How many rows differ that no change in the queue explains, in one snapshot; rows are compared as text, since not
    /// every type has an equality. $1 is the source's name in the queue.
    /// </summary>
    public string CountDiverged =>
        $"""
            with waiting as materialized (
              select c.key from migrate_in.changes c join migrate_in.tables t on t.name = c.tab
              where c.tab = $1 and not pg_visible_in_snapshot(c.tx_id, t.checkpoint)),
            dirty as materialized (
              select k.* from (select key from waiting where key <> '{Truncated}') w
              cross join lateral jsonb_to_record(w.key) as k({TypedKeys}))
            select count(*) from (select {All} from {Sql(Source)}) o
            full join (select {All} from {Sql(Target)}) n using ({Keys})
            where o::text is distinct from n::text
              and not exists (select from waiting where key = '{Truncated}')
              and ({Keys}) not in (select {Keys} from dirty)
            """;

    /// <summary>Stands in the queue for all keys at once.</summary>
    public const string Truncated = "{}";

    private string Arguments =>
        string.Join(", ", Key.Select(column => Literal(column.Name)).Prepend(Literal(Source.ToString())));

    private string KeyMembers =>
        string.Join(", ", Key.Select(column => $"{Literal(column.Name)}, {Quoted(column.Name)}"));

    private string Same(string one, string other) =>
        string.Join(" and ", Key.Select(column => $"{one}.{Quoted(column.Name)} = {other}.{Quoted(column.Name)}"));

    private static string Sql(TableName name) => $"{Quoted(name.Schema)}.{Quoted(name.Name)}";

    private static string Quoted(string identifier) =>
        $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Literal(string text)
    {
        var doubled = text.Replace("'", "''", StringComparison.Ordinal);
        return doubled.Contains('\\', StringComparison.Ordinal)
            ? $"E'{doubled.Replace("\\", "\\\\", StringComparison.Ordinal)}'"
            : $"'{doubled}'";
    }
}
