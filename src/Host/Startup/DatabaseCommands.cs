using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;

namespace Host.Startup;

/// <summary>How a step is taken that changes the database.</summary>
/// <param name="DryRun">It is only shown.</param>
/// <param name="Script">The file it is written to instead, for psql; null to take it.</param>
/// <param name="Secrets">The folder that gets the roles' connection strings; null for none.</param>
internal sealed record DatabaseStep(bool DryRun, string? Script, string? Secrets = null);

/// <summary>The commands that need more rights than the running Host has.</summary>
internal static class DatabaseCommands
{
    private const string Nothing = "-- Nothing is missing.";

    public static async Task ProvisionAsync(WebApplication app, DatabaseStep step, CancellationToken cancellationToken)
    {
        var (configuration, catalog) = (app.Configuration, app.Services.GetRequiredService<ModuleCatalog>());
        string[] modules = [.. catalog.Modules.Select(module => module.Name)];
        await using HostDatabase database = new();
        if (step.Script is { } file)
        {
            // What it says of the server is not used, for none is asked.
            var writer = database.Provisioner(configuration, catalog, Administrator(configuration) ?? "Host=localhost");
            await WriteAsync(
                file,
                await writer.ScriptAsync(modules, catalog.Projections, cancellationToken),
                cancellationToken
            );
            await WriteSecretsAsync(step, modules, writer);
            await Terminal.Output.WriteLineAsync(
                $"The passwords of the roles are in {Installation.PasswordFile(configuration)}. Next: psql -f {file} "
                    + "as an administrator."
            );
            return;
        }

        var administrator = Administrator(configuration)
            ?? throw new StartupException(
                "ConnectionStrings:Postgres is missing; provisioning needs an administrator."
            );
        if (step.DryRun)
        {
            var provisioner = database.Provisioner(configuration, catalog, administrator);
            var missing = await provisioner.PreviewAsync(modules, catalog.Projections, cancellationToken);
            await Terminal.Output.WriteLineAsync(
                missing.Count == 0
                    ? Nothing
                    : string.Join(Environment.NewLine, missing.Select(statement => $"{statement};"))
            );
            return;
        }

        var roles = await database.ProvisionAsync(configuration, catalog, administrator, cancellationToken);
        await WriteSecretsAsync(step, modules, roles);
        var prefix = Installation.Prefix(configuration);
        await Terminal.Output.WriteLineAsync($"Provisioned {database.Server} for {string.Join(", ", modules)}.");
        await Terminal.Output.WriteLineAsync(
            $"The passwords of the roles {prefix}_<module>_owner and {prefix}_<module>_app are in "
                + $"{Installation.PasswordFile(configuration)}."
        );
        await Terminal.Output.WriteLineAsync("Next: database migrate.");
    }

    public static async Task MigrateAsync(WebApplication app, DatabaseStep step, CancellationToken cancellationToken)
    {
        var (configuration, catalog) = (app.Configuration, app.Services.GetRequiredService<ModuleCatalog>());
        await using HostDatabase database = new();
        if (step.Script is { } file)
        {
            await WriteAsync(
                file,
                Migrator.Script([.. catalog.Schemas], Installation.Prefix(configuration)),
                cancellationToken
            );
            return;
        }

        if (step.DryRun)
        {
            await ShowMigrationsAsync(configuration, catalog, database, cancellationToken);
            return;
        }

        if (Administrator(configuration) is { } administrator)
        {
            var provisioner = await database.ProvisionAsync(configuration, catalog, administrator, cancellationToken);
            await database.MigrateAsync(configuration, catalog, provisioner.OwnerConnectionString, cancellationToken);
        }
        else
        {
            await database.MigrateAsync(
                configuration,
                catalog,
                module => OwnerConnection(configuration, module),
                cancellationToken
            );
        }

        await Terminal.Output.WriteLineAsync($"{database.Done[^1]}.");
    }

    public static async Task RotatePasswordsAsync(
        WebApplication app,
        string? module,
        bool dryRun,
        CancellationToken cancellationToken
    )
    {
        var (configuration, catalog) = (app.Configuration, app.Services.GetRequiredService<ModuleCatalog>());
        string[] all = [.. catalog.Schemas.Select(one => one.Name), ReferenceSchema.Name];
        if (module is not null && !all.Contains(module, StringComparer.Ordinal))
        {
            throw new StartupException($"--module names '{module}', but there are only {string.Join(", ", all)}.");
        }

        string[] chosen = module is null ? all : [module];
        await using HostDatabase database = new();
        var administrator = Administrator(configuration)
            ?? await database.StartEmbeddedAsync(app.Services, cancellationToken);
        var provisioner = database.Provisioner(configuration, catalog, administrator);
        if (dryRun)
        {
            foreach (var role in provisioner.RolesOf(chosen))
            {
                await Terminal.Output.WriteLineAsync($"alter role \"{role}\" password '...';");
            }

            return;
        }

        var roles = await provisioner.RotatePasswordsAsync(chosen, cancellationToken);
        await Terminal.Output.WriteLineAsync(
            $"New passwords for {string.Join(", ", roles)}, in {Installation.PasswordFile(configuration)}."
        );
    }

    private static async Task ShowMigrationsAsync(
        IConfiguration configuration,
        ModuleCatalog catalog,
        HostDatabase database,
        CancellationToken cancellationToken
    )
    {
        Func<string, string> owner = module => OwnerConnection(configuration, module);
        if (Administrator(configuration) is { } administrator)
        {
            owner = database.Provisioner(configuration, catalog, administrator).OwnerConnectionString;
        }

        var pending = await Migrator.PreviewAsync(
            [.. catalog.Schemas],
            Installation.Prefix(configuration),
            owner,
            cancellationToken
        );
        await Terminal.Output.WriteLineAsync(pending.Length == 0 ? Nothing : pending);
    }

    private static async Task WriteSecretsAsync(DatabaseStep step, string[] modules, DatabaseProvisioner roles)
    {
        if (step.Secrets is { } folder)
        {
            SecretFiles.Write(folder, modules, roles);
            await Terminal.Output.WriteLineAsync($"Wrote the roles' connection strings to {Path.GetFullPath(folder)}.");
        }
    }

    private static async Task WriteAsync(string file, string script, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllTextAsync(file, script, cancellationToken);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The script cannot be written to {file}: {refused.Message}", refused);
        }

        await Terminal.Output.WriteLineAsync($"Wrote {Path.GetFullPath(file)}.");
    }

    private static string? Administrator(IConfiguration configuration) =>
        configuration.GetConnectionString("Postgres") is { Length: > 0 } given ? given : null;

    private static string OwnerConnection(IConfiguration configuration, string module)
    {
        var setting = $"Modules:{module}:OwnerConnectionString";
        return configuration[setting] is { Length: > 0 } connection
            ? connection
            : throw new StartupException(
                $"{setting} is missing. Set it, or ConnectionStrings:Postgres (administrator), to migrate."
            );
    }
}
