using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.Database.References;

/// <summary>
/// Looks for ids of other modules' things that those do not know. Reads the ids page by page as the role of the module
/// that has them, and asks for them as the role of the module that should know them: no role sees more than it does
/// anyway. Memory is bounded, and nothing is changed.
/// </summary>
/// <param name="modules">Whose references are looked at.</param>
/// <param name="sources">Sign in as their app roles.</param>
/// <param name="clock">Measures the time to settle.</param>
internal sealed class OrphanScanner(
    IReadOnlyCollection<ModuleSchema> modules,
    ModuleDataSources sources,
    TimeProvider clock
)
{
    private const int PageSize = 1000;
    private const int MostExamples = 5;

    /// <summary>Of ids that look like orphans, until they are asked for once more. About 10 MB.</summary>
    private const int MostSuspects = 100_000;

    // Seconds, for a page.
    private const int LongestStatement = 60;

    /// <summary>
    /// How long what looks like an orphan is given: what it refers to may just be on its way. Default 5 s.
    /// </summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Looks at every declared reference.</summary>
    /// <exception cref="StartupException">A declared table or column does not exist, or the database cannot be
    /// used.</exception>
    public async Task<ScannedReferences> ScanAsync(CancellationToken cancellationToken)
    {
        List<Orphans> orphans = [];
        List<string> notLookedAt = [];
        var (references, ids) = (0, 0L);
        foreach (var module in modules)
        {
            foreach (var reference in module.References)
            {
                if (
                    modules.FirstOrDefault(one => string.Equals(one.Name, reference.Module, StringComparison.Ordinal))
                    is not { } owner
                )
                {
                    notLookedAt.Add($"{module.Name}.{reference.Table}.{reference.Column}");
                    continue;
                }

                references++;
                Scan scan = new(
                    await SideAsync(module, reference.Table, reference.Column, cancellationToken),
                    await KnownAsync(module, owner, reference, cancellationToken)
                );
                ids += await FindAsync(scan, cancellationToken);
                if (scan.Count > 0)
                {
                    orphans.Add(
                        new(
                            module.Name,
                            $"{reference.Table}.{reference.Column}",
                            $"{reference.Module}.{reference.Thing}",
                            scan.Count,
                            scan.Examples
                        )
                    );
                }
            }
        }

        return new(orphans, references, ids, notLookedAt);
    }

    private async Task<long> FindAsync(Scan scan, CancellationToken cancellationToken)
    {
        var asked = 0L;
        string? last = null;
        while (true)
        {
            var page = await scan.Referring.AfterAsync(last, PageSize, cancellationToken);
            asked += page.Count;
            scan.Suspects.AddRange(await scan.Known.MissingAsync(page, cancellationToken));
            var isLast = page.Count < PageSize;
            if (scan.Suspects.Count > 0 && (isLast || scan.Suspects.Count >= MostSuspects))
            {
                await JudgeAsync(scan, cancellationToken);
            }

            if (isLast)
            {
                return asked;
            }

            last = page[^1];
        }
    }

    /// <summary>After a while an orphan is still unknown, and still referred to.</summary>
    private async Task JudgeAsync(Scan scan, CancellationToken cancellationToken)
    {
        await Task.Delay(Settling, clock, cancellationToken);
        foreach (var suspects in scan.Suspects.Chunk(PageSize))
        {
            var orphans = await scan.Referring.PresentAsync(
                await scan.Known.MissingAsync(suspects, cancellationToken),
                cancellationToken
            );
            scan.Count += orphans.Count;
            scan.Examples.AddRange(orphans.Take(MostExamples - scan.Examples.Count));
        }

        scan.Suspects.Clear();
    }

    private Task<IdColumn> KnownAsync(
        ModuleSchema module,
        ModuleSchema owner,
        LooseReference reference,
        CancellationToken cancellationToken
    ) =>
        owner.Identities.FirstOrDefault(one => string.Equals(one.Thing, reference.Thing, StringComparison.Ordinal))
            is { } identity
            ? SideAsync(owner, identity.Table, identity.Column, cancellationToken)
            : throw new StartupException(
                $"Module {module.Name} refers to {reference.Module}.{reference.Thing}, but {owner.GetType().Name} "
                    + $"identifies no {reference.Thing}."
            );

    private async Task<IdColumn> SideAsync(
        ModuleSchema module,
        string table,
        string column,
        CancellationToken cancellationToken
    )
    {
        var source = sources.Of(module.Name);
        await using var command = source.CreateCommand(IdColumn.TypeOf).With(module.Name, table, column);
        try
        {
            return await command.ExecuteScalarAsync(cancellationToken) is string type
                ? new(source, module.Name, table, column, type, LongestStatement)
                : throw new StartupException(
                    $"Module {module.Name} declares {table}.{column}, but its schema has no such column. Correct "
                        + $"{module.GetType().Name}, or run 'database migrate'."
                );
        }
        catch (NpgsqlException failure) when (DatabaseFault.Of(failure) is not null)
        {
            throw ConnectionFault.Explain(
                failure,
                $"Modules:{module.Name}:ConnectionString",
                new(source.ConnectionString)
            );
        }
    }

    private sealed class Scan(IdColumn referring, IdColumn known)
    {
        public IdColumn Referring => referring;

        public IdColumn Known => known;

        public List<string> Suspects { get; } = [];

        public List<string> Examples { get; } = [];

        public long Count { get; set; }
    }
}
