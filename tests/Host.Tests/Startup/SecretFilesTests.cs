using Host.Tests.Running;
using Npgsql;

namespace Host.Tests.Startup;

/// <summary>Connection strings in files, as containers get them: made, read, and kept apart by rights.</summary>
public sealed class SecretFilesTests : IDisposable
{
    private readonly DirectoryInfo secrets = Directory.CreateTempSubdirectory("secrets-");

    public void Dispose() => secrets.Delete(recursive: true);

    [Fact]
    public async Task Provisioning_writes_them_and_a_migration_and_a_Host_run_on_their_part_and_tell_their_health()
    {
        using HostSettings server = new();
        await using var other = await HostProcess.StartAsync(server.With("Modules__Enabled", "users"));
        using HostSettings settings = new();
        settings
            .With("Modules__Enabled", "users")
            .With("Database__Name", "contained")
            .With("Database__Prefix", "contained")
            .With("ConnectionStrings__Postgres", await other.Administrator());

        await Done(settings, "database", "provision", "--secrets", secrets.FullName);
        settings.With("ConnectionStrings__Postgres", null).With("Database__Name", null);

        FilesOf("host").ShouldBe(["Modules__users__ConnectionString"]);
        FilesOf("migrate")
            .ShouldBe(["Modules__reference__OwnerConnectionString", "Modules__users__OwnerConnectionString"]);
        foreach (var file in secrets.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            if (!OperatingSystem.IsWindows())
            {
                file.UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }

        (await UserOf("host/Modules__users__ConnectionString")).ShouldBe("contained_users_app");
        (await UserOf("migrate/Modules__users__OwnerConnectionString")).ShouldBe("contained_users_owner");

        (await Done(settings.With("Host__SecretsFolder", PathOf("migrate")), "database", "migrate")).ShouldContain(
            "migrations applied."
        );
        settings.With("Host__SecretsFolder", PathOf("host")).With("Demo__Enabled", "false");
        (await Done(settings, "database", "verify")).ShouldStartWith("PostgreSQL at 127.0.0.1:");
        await using var host = await HostProcess.StartAsync(settings);
        settings.With("ASPNETCORE_URLS", host.Address.ToString());

        (await Done(settings, "health")).Trim().ShouldEndWith("/health/live healthy");
        (await Done(settings, "health", "--ready")).Trim().ShouldEndWith("/health/ready healthy");

        await HostProcess.ExecuteAsync(
            new NpgsqlConnectionStringBuilder(await other.Administrator()) { Database = "contained" }.ConnectionString,
            "revoke select on all tables in schema users from contained_users_app"
        );
        var unwell = await HostProcess.RunAsync(settings, "health", "--ready");
        BadStartTests.IsOneMessage(unwell.ExitCode, unwell.Errors, "/health/ready answers 503.");

        await host.StopAsync();
        var silent = await HostProcess.RunAsync(settings, "health");
        BadStartTests.IsOneMessage(silent.ExitCode, silent.Errors, "/health/live does not answer");
    }

    [Fact]
    public async Task A_file_is_a_setting_and_the_environment_takes_precedence_over_it()
    {
        await Mount("Http__MaxBodyBytes", "1\n");
        using HostSettings settings = new();
        settings.With("Host__SecretsFolder", secrets.FullName);

        var read = await HostProcess.RunAsync(settings, "database", "migrate");
        var overridden = await HostProcess.RunAsync(settings.With("Http__MaxBodyBytes", "2000"), "database", "migrate");

        BadStartTests.IsOneMessage(read.ExitCode, read.Errors, "Http:MaxBodyBytes");
        BadStartTests.IsOneMessage(overridden.ExitCode, overridden.Errors, "OwnerConnectionString is missing");
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/health/live does not answer", "ASPNETCORE_URLS", "http://*:1;http://*:2")]
    [InlineData("http://127.0.0.1:3/health/live does not answer", "ASPNETCORE_HTTP_PORTS", "3;4")]
    [InlineData("http://127.0.0.1:5/health/live does not answer", "Kestrel__Endpoints__Api__Url", "http://localhost:5")]
    [InlineData("is no address that can be asked", "ASPNETCORE_URLS", "nonsense")]
    public async Task Health_is_asked_for_where_the_Host_listens(string said, string setting, string value)
    {
        using HostSettings settings = new();

        var (exitCode, _, errors) = await HostProcess.RunAsync(
            settings.With("ASPNETCORE_URLS", null).With(setting, value),
            "health"
        );

        BadStartTests.IsOneMessage(exitCode, errors, said);
    }

    /// <summary>As Kubernetes mounts a secret: links through a folder that is exchanged when the secret is.</summary>
    private async Task Mount(string name, string value)
    {
        var stored = secrets.CreateSubdirectory("..2026_01_31").FullName;
        await File.WriteAllTextAsync(Path.Combine(stored, name), value, TestContext.Current.CancellationToken);
        Directory.CreateSymbolicLink(PathOf("..data"), "..2026_01_31");
        File.CreateSymbolicLink(PathOf(name), Path.Combine("..data", name));
    }

    private string PathOf(string name) => Path.Combine(secrets.FullName, name);

    private string[] FilesOf(string part) =>
        [
            .. Directory
                .EnumerateFiles(PathOf(part))
                .Select(file => Path.GetFileName(file))
                .Order(StringComparer.Ordinal),
        ];

    private async Task<string?> UserOf(string file) =>
        new NpgsqlConnectionStringBuilder(
            await File.ReadAllTextAsync(PathOf(file), TestContext.Current.CancellationToken)
        ).Username;

    private static async Task<string> Done(HostSettings settings, params string[] arguments)
    {
        var (exitCode, output, errors) = await HostProcess.RunAsync(settings, arguments);
        exitCode.ShouldBe(0, errors + output);
        return output;
    }
}
