using BuildingBlocks.Database.Provisioning;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.Database.References;

/// <summary>
/// A column of ids, read as the role of the module it belongs to. Ids travel as text, whatever their type.
/// </summary>
internal sealed class IdColumn(
    NpgsqlDataSource source,
    string schema,
    string table,
    string column,
    string type,
    int timeLimit
)
{
    /// <summary>The type of a column, or nothing.</summary>
    public const string TypeOf = """
        select format_type(a.atttypid, null) from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = $1 and c.relname = $2 and a.attname = $3 and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
        """;

    private readonly string quoted = Identifier.Quote(column);
    private readonly string from = $"{Identifier.Quote(schema)}.{Identifier.Quote(table)}";

    /// <summary>The next different ids in the order of the column.</summary>
    public Task<IReadOnlyList<string>> AfterAsync(string? last, int count, CancellationToken cancellationToken) =>
        ListAsync(
            $"""
            select page.id::text from (
              select distinct {quoted} as id from {from} where {(
                last is null ? $"{quoted} is not null" : $"{quoted} > $2::text::{type}"
            )} order by 1 limit $1) page order by page.id
            """,
            last is null ? [count] : [count, last],
            cancellationToken
        );

    /// <summary>Those that the column does not have.</summary>
    public Task<IReadOnlyList<string>> MissingAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        AmongAsync("not exists", ids, cancellationToken);

    /// <summary>Those that the column has.</summary>
    public Task<IReadOnlyList<string>> PresentAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        AmongAsync("exists", ids, cancellationToken);

    private async Task<IReadOnlyList<string>> AmongAsync(
        string condition,
        IReadOnlyList<string> ids,
        CancellationToken cancellationToken
    ) =>
        ids.Count == 0
            ? []
            : await ListAsync(
                $"select asked.id from unnest($1::text[]) as asked(id) where {condition} (select 1 from {from} known "
                    + $"where known.{quoted} = asked.id::{type})",
                [ids.ToArray()],
                cancellationToken
            );

    private async Task<IReadOnlyList<string>> ListAsync(
        string sql,
        object[] values,
        CancellationToken cancellationToken
    )
    {
        List<string> ids = [];
        await using var command = source.CreateCommand(sql).With(values);
        command.CommandTimeout = timeLimit;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetString(0));
        }

        return ids;
    }
}
