using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.Database.Verification;

/// <summary>A hole in a wall, or something that is not as provisioning and migrating would make it.</summary>
/// <param name="Rule">Stable and machine-readable, such as foreign-key-crosses.</param>
/// <param name="Where">What it was found at: a role, schema, table, function.</param>
/// <param name="Problem">Who can do what, or what is different.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record Finding(string Rule, string Where, string Problem, string Remedy)
{
    /// <inheritdoc />
    public override string ToString() => $"{Where}: {Problem} {Remedy} [{Rule}]";
}

/// <summary>What a verification came to.</summary>
/// <param name="Findings">Empty when all walls stand.</param>
/// <param name="Modules">How many modules were looked at.</param>
/// <param name="Attempts">How many forbidden statements were really tried.</param>
public sealed record VerifiedDatabase(IReadOnlyList<Finding> Findings, int Modules, int Attempts);

/// <summary>
/// Holds the live database against what is promised of it: walks the catalog, and as each module's app role really
/// tries what that role must be refused. Needs no more rights than the running Host has, and changes nothing: what a
/// role can do is rolled back.
/// </summary>
/// <param name="modules">Whose walls are looked at.</param>
/// <param name="sources">Sign in as their app roles.</param>
/// <param name="prefix">The installation's prefix of role names.</param>
internal sealed class DatabaseVerifier(
    IReadOnlyCollection<ModuleSchema> modules,
    ModuleDataSources sources,
    string prefix
)
{
    // Seconds. A statement that waits for a lock is no finding, but must not hold up the verification either.
    private const int LongestStatement = 60;

    /// <summary>Looks at everything.</summary>
    /// <exception cref="StartupException">The database cannot be used.</exception>
    public async Task<VerifiedDatabase> VerifyAsync(CancellationToken cancellationToken)
    {
        var walls = Walls().ToArray();
        List<Finding> findings = [];
        await using (var connection = await OpenAsync(modules.First(), cancellationToken))
        {
            foreach (var rule in CatalogRules.All)
            {
                findings.AddRange(await FindAsync(connection, rule, walls, cancellationToken));
            }

            // What a shadow identifies is known where its module runs.
            ModuleSchema[] homes = [.. modules.Where(module => module is not ShadowSchema)];
            findings.AddRange(await ReferenceChecks.FindAsync(connection, homes, cancellationToken));
        }

        var attempts = 0;
        foreach (var module in modules)
        {
            await using var connection = await OpenAsync(module, cancellationToken);
            var own = walls
                .Where(wall => string.Equals(wall.Module, module.Name, StringComparison.Ordinal))
                .Select(wall => wall.Schema)
                .ToArray();
            var forbidden = await ForbiddenStatements.ForAsync(
                connection,
                module.Name,
                isShadow: module is ShadowSchema,
                own,
                walls,
                cancellationToken
            );
            findings.AddRange(
                await ForbiddenStatements.TryAsync(
                    connection,
                    ModuleRoles.Of(prefix, module.Name).App,
                    forbidden,
                    cancellationToken
                )
            );
            attempts += forbidden.Count;
            if (module is ShadowSchema)
            {
                await using var feed = await OpenAsync(
                    sources.OfFeed(module.Name),
                    ModuleDataSources.FeedConnectionSetting(module.Name),
                    cancellationToken
                );
                var closed = await ForbiddenStatements.ForFeedAsync(feed, module.Name, walls, cancellationToken);
                findings.AddRange(
                    await ForbiddenStatements.TryAsync(
                        feed,
                        ModuleRoles.Of(prefix, module.Name).Feed,
                        closed,
                        cancellationToken
                    )
                );
                attempts += closed.Count;
            }
        }

        return new(findings, modules.Count, attempts);
    }

    private Task<NpgsqlConnection> OpenAsync(ModuleSchema module, CancellationToken cancellationToken) =>
        OpenAsync(sources.Of(module.Name), $"Modules:{module.Name}:ConnectionString", cancellationToken);

    private static async Task<NpgsqlConnection> OpenAsync(
        NpgsqlDataSource source,
        string setting,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await source.OpenConnectionAsync(cancellationToken);
        }
        catch (NpgsqlException failure)
        {
            throw ConnectionFault.Explain(failure, setting, new(source.ConnectionString));
        }
    }

    private IEnumerable<Wall> Walls()
    {
        foreach (var module in modules)
        {
            var roles = ModuleRoles.Of(prefix, module.Name);
            yield return new(roles.Schema, module.Name, roles.Owner, roles.App, module.IsProjection)
            {
                Feed = module is ShadowSchema ? roles.Feed : null,
            };
            if (module.IsProjection)
            {
                yield return new(roles.RebuildSchema, module.Name, roles.Owner, roles.App, module.IsProjection);
            }
        }

        yield return new(
            ReferenceSchema.Name,
            ReferenceSchema.Name,
            ModuleRoles.Of(prefix, ReferenceSchema.Name).Owner,
            App: null,
            IsProjection: false
        );
    }

    private async Task<IReadOnlyList<Finding>> FindAsync(
        NpgsqlConnection connection,
        CatalogRule rule,
        IReadOnlyCollection<Wall> walls,
        CancellationToken cancellationToken
    )
    {
        List<Finding> findings = [];
        await using var command = new NpgsqlCommand($"{CatalogRules.Given}{rule.Sql}", connection)
        {
            CommandTimeout = LongestStatement,
        }.With(
            walls.Select(wall => wall.Schema).ToArray(),
            walls.Select(wall => wall.Module).ToArray(),
            walls.Select(wall => wall.Owner).ToArray(),
            walls.Select(wall => wall.App).ToArray(),
            walls.Select(wall => wall.IsProjection).ToArray(),
            prefix,
            walls.Select(wall => wall.Feed).ToArray()
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            findings.Add(new(rule.Name, reader.GetString(0), reader.GetString(1), rule.Remedy));
        }

        return findings;
    }
}

/// <summary>A schema, and who is meant to own and use it.</summary>
/// <param name="Schema">Its name.</param>
/// <param name="Module">Whose it is.</param>
/// <param name="Owner">The role that owns it.</param>
/// <param name="App">The role that the running Host uses for it; null where every module's may read.</param>
/// <param name="IsProjection">Whether its tables are rebuilt from history.</param>
internal sealed record Wall(string Schema, string Module, string Owner, string? App, bool IsProjection)
{
    /// <summary>Where it is the shadow of a module that runs elsewhere: the role that appends to it.</summary>
    public string? Feed { get; init; }
}
