using MigrateIn.Catalog;
using MigrateIn.Planning;

namespace MigrateIn.Tests.Planning;

/// <summary>A database and a folder that plan writes to.</summary>
public sealed class PlanFixture : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plan-");
    private readonly TestDatabase database;

    private PlanFixture(TestDatabase database) => this.database = database;

    internal TestSql Sql => database.Administrator;

    internal string Database => database.AdministratorConnectionString;

    internal string Folder => folder.FullName;

    public static async Task<PlanFixture> CreateAsync(string sql)
    {
        PlanFixture fixture = new(await TestDatabase.Create(TestContext.Current.CancellationToken));
        await fixture.Sql.Execute(sql);
        return fixture;
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>Runs plan, which has to succeed.</summary>
    internal async Task<string> PlanAsync(params string[] options)
    {
        var (exitCode, output, errors) = await RunAsync(options);
        errors.ShouldBe("");
        exitCode.ShouldBe(0);
        return output;
    }

    internal Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] options) =>
        Tool.RunAsync(["plan", "--database", database.AdministratorConnectionString, "--out", Folder, .. options]);

    internal Task<(int ExitCode, string Output, string Errors)> CheckAsync(params string[] options) =>
        Tool.RunAsync(["check", "--database", database.AdministratorConnectionString, "--in", Folder, .. options]);

    /// <summary>Edits ownership.yaml as a person would.</summary>
    internal void Edit(string old, string text)
    {
        var before = Read("ownership.yaml");
        before.ShouldContain(old);
        File.WriteAllText(Path.Combine(Folder, "ownership.yaml"), before.Replace(old, text, StringComparison.Ordinal));
    }

    internal Ownership Ownership() => OwnershipFile.Read("ownership.yaml", Read("ownership.yaml"));

    internal string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    internal string[] Crossings() => Read("crossings.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>All tables of the database but those of the system.</summary>
    internal async Task<TableName[]> TablesAsync() => [.. (
                await Sql.Rows(
                    """
                    select n.nspname::text, c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where c.relkind in ('r', 'p', 'f') and n.nspname not in ('pg_catalog', 'information_schema')
                    """
                )
            ).Select(row => new TableName((string)row[0]!, (string)row[1]!)).Order()];

    /// <summary>Every table has one place, and what is written is what is read.</summary>
    internal async Task EveryTableHasOnePlaceAsync()
    {
        var ownership = Ownership();
        ownership
            .Contexts.Values.SelectMany(tables => tables)
            .Concat(ownership.Reference)
            .Concat(ownership.Undecided.Select(one => one.Table))
            .Order()
            .ShouldBe(await TablesAsync());
        ownership.Undecided.ShouldAllBe(one => one.Because.Length > 0);
    }
}
