using System.Net;
using System.Net.Sockets;
using Host.Tests.Running;

namespace Host.Tests.Startup;

public sealed class BadStartTests
{
    [Fact]
    public async Task Names_the_port_that_is_in_use_and_touches_nothing()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        using HostSettings settings = new();
        var url = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";

        var (exitCode, _, errors) = await HostProcess.RunAsync(settings, "--urls", url);

        IsOneMessage(exitCode, errors, url, "--urls");
        Directory.EnumerateFileSystemEntries(settings.DataFolder).ShouldBeEmpty();
    }

    [Fact]
    public async Task Says_that_postgresql_cannot_be_reached()
    {
        using HostSettings settings = new();
        settings.With("ConnectionStrings__Postgres", "Host=127.0.0.1;Port=1;Username=postgres;Password=hidden");

        var (exitCode, _, errors) = await HostProcess.RunAsync(settings);

        IsOneMessage(exitCode, errors, "127.0.0.1:1", "ConnectionStrings:Postgres");
        errors.ShouldNotContain("hidden");
    }

    [Theory]
    [InlineData("Http__MaxBodyBytes", "much", "Http:MaxBodyBytes")]
    [InlineData("Http__MaxBodyBytes", "1", "Http:MaxBodyBytes")]
    [InlineData("Http__MaxBodyByte", "2000", "MaxBodyByte")]
    [InlineData("EventLog__PageSize", "0", "EventLog:PageSize")]
    [InlineData("EmbeddedPostgres__Port", "x", "EmbeddedPostgres:Port")]
    [InlineData("EmbeddedPostgres__DataDirectori", "/tmp", "DataDirectori")]
    [InlineData("Database__Prefix", "No Prefix", "Database:Prefix")]
    [InlineData("Database__Prefix", "pg", "Database:Prefix")]
    [InlineData(
        "Database__Name",
        "seventy_letters_of_a_name_that_is_longer_than_postgresql_keeps_of_them_",
        "Database:Name"
    )]
    [InlineData("Database__Name", "template1", "Database:Name")]
    [InlineData("ConnectionStrings__Postgres", "Host=127.0.0.1;Port=1;Database=postgres", "ConnectionStrings:Postgres")]
    [InlineData("Logging__LogLevel__Default", "loud", "loud")]
    [InlineData("Database__WatchSql", "perhaps", "Database:WatchSql")]
    [InlineData("Host__SecretsFolder", "/nowhere/to/be/found", "Host:SecretsFolder")]
    [InlineData("Modules__Enabled", "users,nothing", "Modules:Enabled")]
    [InlineData("ConnectionStrings__Postgres", "Hots=127.0.0.1", "ConnectionStrings:Postgres")]
    [InlineData("ASPNETCORE_URLS", "nonsense", "ASPNETCORE_URLS")]
    [InlineData("OpenTelemetry__Endpoint", "nonsense", "OpenTelemetry:Endpoint")]
    [InlineData("Demo__AdminPassword", "x", "Demo__AdminPassword")]
    [InlineData("Demo__Enabled", "perhaps", "Demo:Enabled")]
    [InlineData("Database__PoolSize", "0", "Database:PoolSize is 0; it has to be from 1 to 10000.")]
    [InlineData("Host__ShutdownTimeout", "-1", "Host:ShutdownTimeout is -1; it has to be from 00:00:01 to 01:00:00.")]
    public async Task Names_the_setting_that_is_wrong_and_makes_nothing(string name, string value, string named)
    {
        using HostSettings settings = new();
        settings.With(name, value);

        var (exitCode, _, errors) = await HostProcess.RunAsync(settings);

        IsOneMessage(exitCode, errors, named);
        Directory.EnumerateFileSystemEntries(settings.DataFolder).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("database-roles.json", "{")]
    [InlineData("demo-sign-ins.json", null)]
    public async Task Names_the_file_that_cannot_be_read_and_makes_nothing(string file, string? content)
    {
        using HostSettings settings = new();
        settings.With("Demo__AdminPassword", null);
        var path = Path.Combine(settings.DataFolder, file);
        if (content is null)
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);
        }

        var (exitCode, _, errors) = await HostProcess.RunAsync(settings);

        IsOneMessage(exitCode, errors, path);
        Directory.EnumerateFileSystemEntries(settings.DataFolder).ShouldBe([path]);
    }

    [Theory]
    [InlineData("databse")]
    [InlineData("--url", "http://127.0.0.1:0")]
    [InlineData("--urls")]
    public async Task Names_an_argument_that_means_nothing(params string[] arguments)
    {
        using HostSettings settings = new();

        var (exitCode, _, errors) = await HostProcess.RunAsync(settings, arguments);

        exitCode.ShouldNotBe(0);
        errors.ShouldContain(arguments[0]);
        errors.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Refuses_a_data_folder_of_another_major_version_and_leaves_it_alone()
    {
        using HostSettings settings = new();
        await using (await HostProcess.StartAsync(settings.With("Modules__Enabled", "users"))) { }

        var version = Path.Combine(settings.DataFolder, "postgres", "PG_VERSION");
        await File.WriteAllTextAsync(version, "14\n", TestContext.Current.CancellationToken);

        var (exitCode, _, errors) = await HostProcess.RunAsync(settings);

        IsOneMessage(exitCode, errors, "14", "EmbeddedPostgres__");
        (await File.ReadAllTextAsync(version, TestContext.Current.CancellationToken)).ShouldBe("14\n");
    }

    internal static void IsOneMessage(int exitCode, string errors, params string[] named)
    {
        exitCode.ShouldBe(1, errors);
        foreach (var name in named)
        {
            errors.ShouldContain(name);
        }

        errors.ShouldNotContain("   at ");
        errors.ShouldNotContain("This is a bug");
    }
}
