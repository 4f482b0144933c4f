using BuildingBlocks.Database;
using BuildingBlocks.EmbeddedPostgres;
using BuildingBlocks.Feeds;
using BuildingBlocks.Modules;
using BuildingBlocks.Settings;
using BuildingBlocks.Web;
using Host.Health;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Options;

namespace Host.Startup;

/// <summary>What this installation is called and where it keeps its files.</summary>
internal static class Installation
{
    private const string DefaultPrefix = "mm";

    private static readonly RangedSetting<TimeSpan> ShutdownTimeout = new(
        "Host:ShutdownTimeout",
        TimeSpan.FromSeconds(1),
        TimeSpan.FromHours(1)
    );

    /// <summary>
    /// A builder that finds its files beside the program, whatever the current folder, and listens on our default
    /// address.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] settings)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = settings, ContentRootPath = AppContext.BaseDirectory }
        );
        builder.Configuration.AddSecretFiles();
        builder.UseDefaultAddress();
        if (!builder.Configuration.GetValue("Host:Listens", true))
        {
            // For commands that need all that runs in a Host beside its web server.
            builder.Services.AddSingleton<IServer, NoServer>();
        }

        if (builder.Environment.IsDevelopment() && builder.Configuration[ModuleDataSources.WatchSetting] is null)
        {
            builder.Configuration[ModuleDataSources.WatchSetting] = "true";
        }

        builder.Host.UseDefaultServiceProvider(container =>
            (container.ValidateOnBuild, container.ValidateScopes) = (true, true)
        );
        builder.Services.Configure<HostOptions>(host =>
            host.ShutdownTimeout = ShutdownTimeout.Read(builder.Configuration) ?? TimeSpan.FromSeconds(30)
        );
        builder
            .Services.AddOptions<DemoOptions>()
            .BindConfiguration(DemoOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true);
        return builder;
    }

    /// <summary>
    /// Reads every setting that is needed later, so that a wrong one is named before anything is started or changed.
    /// </summary>
    public static void Validate(WebApplication app)
    {
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        EndpointClaims.EnsureDistinct(app);
        HealthEndpoints.EnsureDistinct(app);
        _ = ModuleRoles.Of(Prefix(app.Configuration), "any");
        Postgres(app.Configuration).Validate();
        ConnectionBudget.Validate(app.Configuration);
        _ = app.Configuration.GetValue<bool?>(ModuleDataSources.WatchSetting);
        HostDatabase.Validate(app);
        app.Services.GetService<FeedTokens>()?.EnsureKeysAreReadable();
        DemoSignIns.Validate(app.Configuration, app.Services.GetRequiredService<ModuleCatalog>());
        _ = app.Services.GetRequiredService<IOptions<HostOptions>>().Value;
    }

    /// <summary>
    /// The folder of everything this installation keeps outside the database; the embedded PostgreSQL's data is part of
    /// it.
    /// </summary>
    public static string DataFolder(IConfiguration configuration) =>
        Path.GetFullPath(Postgres(configuration).DataDirectory);

    /// <summary>Where modules keep files.</summary>
    public static string ModuleFolder(IConfiguration configuration) =>
        Path.Combine(DataFolder(configuration), "modules");

    /// <summary>The settings of the embedded PostgreSQL.</summary>
    public static EmbeddedPostgresOptions Postgres(IConfiguration configuration) =>
        configuration
            .GetSection(EmbeddedPostgresOptions.Section)
            .Get<EmbeddedPostgresOptions>(binder => binder.ErrorOnUnknownConfiguration = true)
        ?? new();

    /// <summary>
    /// The first part of every role's name; roles belong to the whole server, so two installations on one server need
    /// different ones.
    /// </summary>
    public static string Prefix(IConfiguration configuration) =>
        configuration["Database:Prefix"] is { Length: > 0 } prefix ? prefix : DefaultPrefix;

    /// <summary>The generated passwords of the database roles.</summary>
    public static RolePasswords Passwords(IConfiguration configuration) =>
        RolePasswords.Read(PasswordFile(configuration));

    /// <summary>Where they are kept.</summary>
    public static string PasswordFile(IConfiguration configuration) =>
        configuration[ModuleDataSources.PasswordFileSetting] is { Length: > 0 } file
            ? Path.GetFullPath(file)
            : Path.Combine(DataFolder(configuration), "database-roles.json");
}
