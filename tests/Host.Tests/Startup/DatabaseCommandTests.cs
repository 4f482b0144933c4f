using Host.Tests.Running;

namespace Host.Tests.Startup;

/// <summary>What the commands that look after a database say when they cannot do what they are asked.</summary>
public sealed class DatabaseCommandTests
{
    [Theory]
    [InlineData("ConnectionStrings:Postgres is missing", "provision")]
    [InlineData("Modules:reference:OwnerConnectionString is missing", "migrate")]
    [InlineData("exclude each other", "provision", "--dry-run", "--sql", "x.sql")]
    [InlineData("exclude each other", "provision", "--dry-run", "--secrets", "there")]
    [InlineData("'--dryrun' is no setting of the Host", "migrate", "--dryrun")]
    [InlineData("--module names 'nobody'", "rotate-passwords", "--module", "nobody")]
    [InlineData("There is no module 'nobody'; this Host has users", "diff", "nobody")]
    public async Task Says_what_is_wrong_with_how_it_was_called(string message, params string[] arguments)
    {
        using HostSettings settings = new();

        var (exitCode, _, errors) = await HostProcess.RunAsync(settings, ["database", .. arguments]);

        BadStartTests.IsOneMessage(exitCode, errors, message);
    }

    [Theory]
    [InlineData("provision")]
    [InlineData("migrate")]
    [InlineData("verify")]
    [InlineData("rotate-passwords")]
    public async Task Gives_a_server_up_that_cannot_be_reached(string command)
    {
        using HostSettings settings = new();
        settings.With(
            "ConnectionStrings__Postgres",
            "Host=127.0.0.1;Port=1;Username=postgres;Password=hidden;Timeout=5"
        );

        var (exitCode, _, errors) = await HostProcess.RunAsync(settings, "database", command);

        BadStartTests.IsOneMessage(exitCode, errors, "127.0.0.1:1 cannot be reached");
        errors.ShouldNotContain("hidden");
    }

    [Fact]
    public async Task Refuses_to_start_when_the_connections_do_not_fit()
    {
        using HostSettings settings = new();

        var (exitCode, _, errors) = await HostProcess.RunAsync(
            settings
                .With("Modules__Enabled", "users")
                .With("Database__PoolSize", "200")
                .With("EmbeddedPostgres__Settings__max_connections", "100")
        );

        BadStartTests.IsOneMessage(
            exitCode,
            errors,
            "The connections of 1 modules do not fit",
            "need 200 connections",
            "Lower Database:PoolSize to 92",
            "raise max_connections by 108"
        );
    }
}
