using BuildingBlocks.Modules;

namespace Host.Startup;

/// <summary>The steps that need more rights than the running Host has, for whoever has them.</summary>
internal static class DatabaseCommands
{
    public static async Task ProvisionAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var administrator = app.Configuration.GetConnectionString("Postgres") is { Length: > 0 } given
            ? given
            : throw new StartupException("ConnectionStrings:Postgres is missing; provisioning needs an administrator.");
        var catalog = app.Services.GetRequiredService<ModuleCatalog>();
        await using HostDatabase database = new();
        await database.ProvisionAsync(app.Configuration, catalog, administrator, cancellationToken);

        var prefix = Installation.Prefix(app.Configuration);
        await Terminal.Output.WriteLineAsync($"Provisioned {database.Server} for {string.Join(", ", catalog.Modules.Select(module => module.Name))}.");
        await Terminal.Output.WriteLineAsync($"The passwords of the roles {prefix}_<module>_owner and {prefix}_<module>_app are in {Installation.DataFolder(app.Configuration)}.");
        await Terminal.Output.WriteLineAsync("Next: database migrate.");
    }

    public static async Task MigrateAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var (configuration, catalog) = (app.Configuration, app.Services.GetRequiredService<ModuleCatalog>());
        await using HostDatabase database = new();
        if (configuration.GetConnectionString("Postgres") is { Length: > 0 } administrator)
        {
            var provisioner = await database.ProvisionAsync(configuration, catalog, administrator, cancellationToken);
            await database.MigrateAsync(configuration, catalog, provisioner.OwnerConnectionString, cancellationToken);
        }
        else
        {
            await database.MigrateAsync(configuration, catalog, module => OwnerConnection(configuration, module), cancellationToken);
        }

        await Terminal.Output.WriteLineAsync($"{database.Done[^1]}.");
    }

    private static string OwnerConnection(IConfiguration configuration, string module)
    {
        var setting = $"Modules:{module}:OwnerConnectionString";
        return configuration[setting] is { Length: > 0 } connection
            ? connection
            : throw new StartupException($"{setting} is missing. Set it, or ConnectionStrings:Postgres (administrator), to migrate.");
    }
}
