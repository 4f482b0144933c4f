using System.Globalization;
using System.Text.RegularExpressions;
using BuildingBlocks.Database.Drafting;
using BuildingBlocks.Database.Provisioning;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Migrations;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.Modules;
using Npgsql;

namespace Host.Startup;

/// <summary>Drafts a module's next migration: what takes its schema, as its migrations make it, to its model.</summary>
internal static partial class DatabaseDiff
{
    /// <summary>Writes the draft beside the module's other migrations, or says that there is nothing to do.</summary>
    /// <param name="name">The module's.</param>
    /// <param name="what">What the migration is called after its number; null to name it after what it changes.</param>
    /// <param name="dryRun">Whether the draft is only shown.</param>
    /// <param name="cancellationToken">Cancels the draft; nothing is written.</param>
    /// <exception cref="StartupException">
    /// There is no such module, its source is not here or not what was built, or it cannot be drafted.
    /// </exception>
    public static async Task RunAsync(
        WebApplication app,
        string name,
        string? what,
        bool dryRun,
        CancellationToken cancellationToken
    )
    {
        var all = app.Services.GetRequiredService<ModuleCatalog>().Descriptors;
        var module = all.FirstOrDefault(one => IsCalled(one, name))
            ?? throw new StartupException(
                $"There is no module '{name}'; this Host has {string.Join(", ", all.Select(one => one.Name))}."
            );
        var called = what is null ? null : FileName(what);
        var folder = dryRun ? null : FolderOf(module.Module, Environment.CurrentDirectory, AppContext.BaseDirectory);
        var draft = await DraftAsync(app.Services, module, cancellationToken);
        if (draft.Sql.Length == 0)
        {
            await Terminal.Output.WriteLineAsync($"-- {NothingToDo(module)}{Kept(draft)}");
        }
        else if (folder is null)
        {
            await Terminal.Output.WriteAsync(draft.Sql);
        }
        else
        {
            await Terminal.Output.WriteLineAsync(Wrote(Write(folder, called ?? draft.Name, draft.Sql)));
        }
    }

    /// <summary>Says that there is no draft.</summary>
    public static string NothingToDo(ModuleDescriptor module) =>
        $"Nothing to do: the migrations of {module.Name} make what its model says.";

    /// <summary>Says what to do with a draft that was written.</summary>
    public static string Wrote(string file) => $"Wrote {file}. Read it, then start the Host: it applies it.";

    /// <summary>Compares migrations with their model on the administrator's server, or the embedded one.</summary>
    /// <param name="services">Of a Host that has not started.</param>
    /// <param name="module">Whose.</param>
    /// <param name="cancellationToken">Cancels the comparison.</param>
    public static async Task<SchemaDraft> DraftAsync(
        IServiceProvider services,
        ModuleDescriptor module,
        CancellationToken cancellationToken
    )
    {
        await using HostDatabase database = new();
        var administrator = await database.AdministratorAsync(services, cancellationToken);
        await using var connection = await OpenAsync(administrator, cancellationToken);
        await using var model = services.ModelOf(module.DbContextType!);
        return await SchemaDraft.OfAsync(connection, ModuleMigrations.Of(module.Module), model, cancellationToken);
    }

    /// <summary>Where the module's migrations stand, in the source that this Host was built from.</summary>
    /// <param name="module">Whose.</param>
    /// <param name="from">Where to look, and in the folders above.</param>
    /// <exception cref="StartupException">It is not found, or has other migrations than the build.</exception>
    public static string FolderOf(Module module, params string[] from)
    {
        var assembly = module.Assembly.GetName().Name!;
        var below = Path.Combine("src", "Modules", assembly, assembly);
        var project = from.SelectMany(Above).Select(one => Path.Combine(one, below)).FirstOrDefault(Directory.Exists)
            ?? throw new StartupException(
                $"There is no {below} in {from[0]} or above it. "
                    + "Run this where the source is, or see what would be written with --dry-run."
            );
        var folder = Path.Combine(project, "Persistence", "Migrations");
        var built = ModuleMigrations
            .Of(module)
            .Where(migration => string.Equals(migration.Origin, Migration.Own, StringComparison.Ordinal))
            .Select(migration => migration.Name);
        return built.ToHashSet(StringComparer.Ordinal).SetEquals(MigrationsIn(folder))
            ? folder
            : throw new StartupException(
                $"{folder} has other migrations than this Host was built with. Build the Host again, then draft."
            );
    }

    /// <summary>Writes a draft as the next migration.</summary>
    /// <returns>The file.</returns>
    public static string Write(string folder, string called, string sql)
    {
        var last = MigrationsIn(folder).Select(NumberOf).DefaultIfEmpty(0).Max();
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{last + 1:0000}_{called}.sql"));
        File.WriteAllText(path, sql);
        return path;
    }

    /// <summary>A name as the files of migrations have it: AddRemarks and "add remarks" are both add_remarks.</summary>
    /// <exception cref="StartupException">It has what no such name has.</exception>
    public static string FileName(string what)
    {
        var name = SnakeCaseNames.Convert(what.Trim()).Replace(' ', '_').Replace('-', '_');
        return ValidName().IsMatch(name)
            ? name
            : throw new StartupException(
                $"A migration cannot be called '{what}'. Use letters, digits and underscores, as in orders_remark."
            );
    }

    private static async Task<NpgsqlConnection> OpenAsync(string administrator, CancellationToken cancellationToken)
    {
        NpgsqlConnectionStringBuilder target = new(administrator) { Pooling = false };
        try
        {
            return await OpenAsync(target, cancellationToken);
        }
        catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.InvalidCatalogName)
        {
            // Not provisioned yet, and none is needed.
            target.Database = "postgres";
            return await OpenAsync(target, cancellationToken);
        }
        catch (NpgsqlException failure)
        {
            throw ConnectionFault.Explain(failure, "ConnectionStrings:Postgres", target);
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(
        NpgsqlConnectionStringBuilder target,
        CancellationToken cancellationToken
    )
    {
        NpgsqlConnection connection = new(target.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>As its schema is called, or as its folder is.</summary>
    private static bool IsCalled(ModuleDescriptor module, string name) =>
        string.Equals(module.Name, name, StringComparison.OrdinalIgnoreCase)
        || string.Equals(module.Module.Assembly.GetName().Name, name, StringComparison.OrdinalIgnoreCase);

    private static string Kept(SchemaDraft draft) =>
        draft.Kept.Count == 0
            ? ""
            : $"{Environment.NewLine}-- Only the migrations know of these, which stay: "
                + $"{string.Join(", ", draft.Kept)}.";

    private static IEnumerable<string> MigrationsIn(string folder) =>
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.sql").Select(file => Path.GetFileName(file))
            : [];

    private static int NumberOf(string migration) =>
        int.TryParse(migration.Split('_')[0], CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static IEnumerable<string> Above(string folder)
    {
        for (var one = new DirectoryInfo(folder); one is not null; one = one.Parent)
        {
            yield return one.FullName;
        }
    }

    [GeneratedRegex("^[a-z0-9_]{1,100}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ValidName();
}
