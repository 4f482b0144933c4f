using System.Globalization;
using BuildingBlocks.Analyzers.Sql;
using MigrateIn.Catalog;

namespace MigrateIn.Statements;

/// <summary>Finds which tables SQL names, with the reader that rule MM0002 uses.</summary>
internal sealed class StatementReader
{
    private readonly Dictionary<TableName, IReadOnlyList<TableName>> known = [];
    private readonly ILookup<string, TableName> byName;
    private readonly IReadOnlyList<string> searchPath;

    public StatementReader(LegacyCatalog catalog)
    {
        foreach (var view in catalog.Views)
        {
            known[view.Name] = view.Uses;
        }

        foreach (var table in catalog.Tables)
        {
            known[table.Name] = [table.Name];
        }

        byName = known.Keys.ToLookup(name => name.Name, StringComparer.Ordinal);
        searchPath = catalog.SearchPath;
    }

    /// <summary>The statements of a text that name a table.</summary>
    /// <param name="isBody">It is the body of a routine, in which strings are executed.</param>
    public IEnumerable<Statement> Read(string kind, string source, string sql, double calls, bool isBody) =>
        SqlNames
            .Relations(sql, isBody)
            .GroupBy(relation => relation.Statement)
            .Select(group => Of(kind, source, calls, group))
            .Where(statement => statement.Tables.Count > 0);

    /// <summary>All files of a folder that end in <c>.sql</c>, in the order of their names.</summary>
    /// <exception cref="IOException">The folder or a file cannot be read.</exception>
    public async Task<IReadOnlyList<Statement>> FolderAsync(string folder, CancellationToken cancellationToken)
    {
        List<Statement> statements = [];
        foreach (
            var file in Directory
                .EnumerateFiles(folder, "*.sql", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
        )
        {
            var source = Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/');
            statements.AddRange(
                Read("statement", source, await File.ReadAllTextAsync(file, cancellationToken), calls: 1, isBody: false)
                    .Select(
                        (one, i) =>
                            one with
                            {
                                Source = string.Create(CultureInfo.InvariantCulture, $"{source}#{i + 1}"),
                            }
                    )
            );
        }

        return statements;
    }

    private Statement Of(string kind, string source, double calls, IEnumerable<SqlRelation> relations)
    {
        var found = relations
            .SelectMany(relation => Resolve(relation).Select(table => (relation.Use, table)))
            .ToArray();
        return new(
            kind,
            source,
            calls,
            Where(_ => true),
            Only(SqlUse.Written),
            Only(SqlUse.Copied),
            Only(SqlUse.Truncated)
        );

        IReadOnlyList<TableName> Only(SqlUse use) => Where(one => one == use);

        IReadOnlyList<TableName> Where(Func<SqlUse, bool> isSought) =>
            [.. found.Where(one => isSought(one.Use)).Select(one => one.table).Distinct().Order()];
    }

    private IReadOnlyList<TableName> Resolve(SqlRelation relation)
    {
        if (relation.Schema is { } schema)
        {
            return known.GetValueOrDefault(new(schema, relation.Name), []);
        }

        var candidates = byName[relation.Name].ToArray();
        foreach (var place in searchPath)
        {
            if (known.TryGetValue(new(place, relation.Name), out var tables))
            {
                return tables;
            }
        }

        // Sessions of the application may have another search path; a name that only one schema has is meant anyway.
        return candidates.Length == 1 ? known[candidates[0]] : [];
    }
}
