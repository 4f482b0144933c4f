using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations.Design;

namespace Host.Startup;

/// <summary>
/// Has <c>dotnet ef migrations add</c> write what <c>database diff</c> writes; dotnet ef finds it by its interface.
/// </summary>
internal sealed class EfMigrations : IDesignTimeServices
{
    public void ConfigureDesignTimeServices(IServiceCollection serviceCollection) =>
        serviceCollection.AddScoped<IMigrationsScaffolder, Scaffolder>();

    private sealed class Scaffolder(ICurrentDbContext current) : IMigrationsScaffolder
    {
        public ScaffoldedMigration ScaffoldMigration(
            string migrationName,
            string? rootNamespace,
            string? subNamespace = null,
            string? language = null,
            bool dryRun = false
        )
        {
            try
            {
                var options = current.Context.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()!;
                var services = options.ApplicationServiceProvider!;
                var module = services
                    .GetRequiredService<ModuleCatalog>()
                    .Descriptors.Single(one => one.DbContextType == current.Context.GetType());
                var called = DatabaseDiff.FileName(migrationName);
                var from = new[] { Environment.CurrentDirectory, AppContext.BaseDirectory };
                var folder = DatabaseDiff.FolderOf(module.Module, from);
                var draft = DatabaseDiff.DraftAsync(services, module, CancellationToken.None).GetAwaiter().GetResult();
                return draft.Sql.Length > 0
                    ? new(".sql", null, draft.Sql, called, "", folder, "", "", "")
                    : throw new OperationException(DatabaseDiff.NothingToDo(module));
            }
            catch (StartupException refused)
            {
                throw new OperationException(refused.Message, refused);
            }
        }

        public MigrationFiles Save(
            string projectDir,
            ScaffoldedMigration migration,
            string? outputDir,
            bool dryRun = false
        )
        {
            var folder = migration.MigrationSubNamespace;
            var file = dryRun ? folder : DatabaseDiff.Write(folder, migration.MigrationId, migration.MigrationCode);
            Terminal.Output.WriteLine(dryRun ? migration.MigrationCode : DatabaseDiff.Wrote(file));
            return new() { MigrationFile = file, Migration = migration };
        }

        public MigrationFiles RemoveMigration(
            string projectDir,
            string? rootNamespace,
            bool force,
            string? language,
            bool dryRun = false
        ) =>
            throw new OperationException(
                "Migrations are SQL files. Delete the newest while no database has it; else write one that undoes it."
            );
    }
}
