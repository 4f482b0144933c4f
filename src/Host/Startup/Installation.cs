using BuildingBlocks.EmbeddedPostgres;
using BuildingBlocks.Modules;
using BuildingBlocks.Persistence;
using Microsoft.Extensions.Options;

namespace Host.Startup;

/// <summary>What this installation is called and where it keeps its files.</summary>
internal static class Installation
{
    private const string DefaultPrefix = "mm";

    /// <summary>A builder that finds its files beside the program, whatever the current folder, and listens on our default address.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = settings, ContentRootPath = AppContext.BaseDirectory });
        builder.UseDefaultAddress();
        builder.Host.UseDefaultServiceProvider(container => (container.ValidateOnBuild, container.ValidateScopes) = (true, true));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = builder.Configuration.GetValue("Host:ShutdownTimeout", TimeSpan.FromSeconds(30)));
        builder.Services.AddOptions<DemoOptions>().BindConfiguration(DemoOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true);
        return builder;
    }

    /// <summary>Reads every setting that is needed later, so that a wrong one is named before anything is started or changed.</summary>
    public static void Validate(WebApplication app)
    {
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        _ = ModuleRoles.Of(Prefix(app.Configuration), "any");
        _ = Postgres(app.Configuration);
        _ = app.Configuration.GetSection(DemoOptions.Section).Get<DemoOptions>(binder => binder.ErrorOnUnknownConfiguration = true);
        _ = app.Configuration.GetValue<int?>("Database:PoolSize");
        _ = app.Services.GetRequiredService<IOptions<HostOptions>>().Value;
    }

    /// <summary>The folder of everything this installation keeps outside the database; the embedded PostgreSQL's data is part of it.</summary>
    public static string DataFolder(IConfiguration configuration) => Path.GetFullPath(Postgres(configuration).DataDirectory);

    /// <summary>The settings of the embedded PostgreSQL.</summary>
    public static EmbeddedPostgresOptions Postgres(IConfiguration configuration) =>
        configuration.GetSection(EmbeddedPostgresOptions.Section).Get<EmbeddedPostgresOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new();

    /// <summary>The first part of every role's name; roles belong to the whole server, so two installations on one server need different ones.</summary>
    public static string Prefix(IConfiguration configuration) => configuration["Database:Prefix"] is { Length: > 0 } prefix ? prefix : DefaultPrefix;

    /// <summary>The generated passwords of the database roles.</summary>
    public static Task<RolePasswords> PasswordsAsync(IConfiguration configuration, CancellationToken cancellationToken) =>
        RolePasswords.ReadAsync(Path.Combine(DataFolder(configuration), "database-roles.json"), cancellationToken);
}
