using System.Reflection;
using System.Text.RegularExpressions;
using Analyzers.Tests.Running;
using BuildingBlocks.Database;
using BuildingBlocks.Database.Verification;
using BuildingBlocks.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Module = BuildingBlocks.Modules.Module;

[assembly: AssemblyFixture(typeof(Analyzers.Tests.Mutations.DatabaseRun))]

namespace Analyzers.Tests.Mutations;

/// <summary>
/// Breaks walls in a database of the modules that they are about, one at a time, and asks what <c>database verify</c>
/// finds; what was planted is taken back at once.
/// </summary>
public sealed partial class DatabaseRun : IAsyncDisposable
{
    private static readonly Module[] Modules = Named();

    private readonly SemaphoreSlim one = new(1);
    private readonly Dictionary<string, IReadOnlyList<string>> known = new(StringComparer.Ordinal);
    private TestDatabase? database;
    private ModuleDataSources? sources;

    /// <summary>
    /// What is found once the mutation is planted, one finding a line; fails when something is still found after it was
    /// taken back.
    /// </summary>
    internal async Task<IReadOnlyList<string>> FindingsOf(Mutation mutation)
    {
        await one.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (!known.TryGetValue(mutation.Title, out var findings))
            {
                var sql = await Database();
                await sql.Execute(Real(mutation.Sql));
                findings = await Verify();
                await sql.Execute(Real(mutation.Undo));
                var left = await Verify();
                if (left.Count > 0)
                {
                    await DisposeAsync();
                }

                left.ShouldBeEmpty($"What '{mutation.Title}' did was not wholly taken back.");
                known.Add(mutation.Title, findings);
            }

            return findings;
        }
        finally
        {
            one.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (sources is not null)
        {
            await sources.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }

        (sources, database) = (null, null);
    }

    private async Task<TestSql> Database()
    {
        if (database is null)
        {
            var cancellation = TestContext.Current.CancellationToken;
            database = await TestDatabase.Create(cancellation);
            await database.ProvisionAndMigrate(Modules, cancellation);
            var settings = Modules.ToDictionary(
                module => $"Modules:{module.Name}:ConnectionString",
                module => (string?)$"{database.AppConnectionString(module.Name)};Maximum Pool Size=2",
                StringComparer.OrdinalIgnoreCase
            );
            sources = new(
                new ConfigurationBuilder().AddInMemoryCollection(settings).Build(),
                NullLoggerFactory.Instance
            );
            (await Verify()).ShouldBeEmpty("Something is found before anything was planted.");
        }

        return database.Administrator;
    }

    private async Task<IReadOnlyList<string>> Verify()
    {
        var verified = await new DatabaseVerifier(Modules, sources!, database!.Name).VerifyAsync(
            TestContext.Current.CancellationToken
        );
        return
        [
            .. verified.Findings.Select(finding =>
                finding.ToString().Replace(database.Name, "prefix", StringComparison.Ordinal)
            ),
        ];
    }

    /// <summary>The modules whose schemas are named by what is planted; all of them when none is.</summary>
    private static Module[] Named()
    {
        var sql = string.Concat(Mutation.All.Select(mutation => mutation.Sql + mutation.Undo));
        var all = Directory
            .EnumerateDirectories(Repository.Path("src/Modules"))
            .Order(StringComparer.Ordinal)
            .Select(folder => Configured(Path.GetFileName(folder)))
            .ToArray();
        return
            all.Where(module =>
                    Regex.IsMatch(sql, $"(?<![a-z]){module.Name}(?![a-z])", RegexOptions.None, TimeSpan.FromSeconds(1))
                )
                .ToArray()
                is { Length: > 0 } named
            ? named
            : all;
    }

    private static Module Configured(string assembly)
    {
        var module = (Module)
            Activator.CreateInstance(
                Assembly.Load(assembly).GetExportedTypes().Single(type => type.IsSubclassOf(typeof(Module)))
            )!;
        module.ConfigureInto(
            new(
                module,
                new ServiceCollection(),
                new ConfigurationBuilder().Build(),
                others: new HashSet<string>(StringComparer.Ordinal)
            )
        );
        return module;
    }

    private string Real(string sql) => Prefix().Replace(sql, database!.Name);

    [GeneratedRegex(@"\bprefix(?=_|\b)", RegexOptions.None, 1000)]
    private static partial Regex Prefix();
}
