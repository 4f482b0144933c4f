using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using BuildingBlocks.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace BuildingBlocks.Tests.EmbeddedPostgres;

public sealed class PostgresServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Servers.Debian15, 15)]
    [InlineData(EmbeddedPostgresOptions.Npm, 18)]
    public async Task Starts_and_answers(string binaries, int major)
    {
        await using var server = await Servers.StartAsync(Servers.In(_folder, binaries));

        server.Version.Major.ShouldBe(major);
        server.AlreadyRunning.ShouldBeFalse();
        server.DataDirectory.ShouldBe(_folder["data"]);
        (await server.AskAsync("show server_encoding")).ShouldBe("UTF8");
        (await server.AskAsync("select upper('ä')")).ShouldBe("Ä");
        (await server.AskAsync("select 'a' < 'B'")).ShouldBe(false);
    }

    [Theory]
    [InlineData(Servers.Debian15)]
    [InlineData(EmbeddedPostgresOptions.Npm)]
    public async Task Restarts_with_the_same_data_password_and_port(string binaries)
    {
        var options = Servers.In(_folder, binaries) with { Durable = true };
        string connectionString;
        await using (var first = await Servers.StartAsync(options))
        {
            connectionString = first.ConnectionString;
            await first.AskAsync("create table kept as select 42 as answer");
        }

        await using var second = await Servers.StartAsync(options);

        second.AlreadyRunning.ShouldBeFalse();
        second.ConnectionString.ShouldBe(connectionString);
        (await second.AskAsync("select answer from kept")).ShouldBe(42);
        (await second.AskAsync("show fsync")).ShouldBe("on");
    }

    [Fact]
    public async Task Takes_another_port_when_the_last_one_is_taken()
    {
        int port;
        await using (var first = await Servers.StartAsync(Servers.In(_folder)))
        {
            port = first.Port;
        }

        using var other = new TcpListener(IPAddress.Loopback, port);
        other.Start();
        await using var second = await Servers.StartAsync(Servers.In(_folder));

        second.Port.ShouldNotBe(port);
    }

    [Fact]
    public async Task Listens_on_loopback_only_and_demands_the_password()
    {
        await using var server = await Servers.StartAsync(Servers.In(_folder));

        IPGlobalProperties
            .GetIPGlobalProperties()
            .GetActiveTcpListeners()
            .Where(listener => listener.Port == server.Port)
            .ShouldHaveSingleItem()
            .Address.ShouldBe(IPAddress.Loopback);
        (await server.AskAsync("show unix_socket_directories")).ShouldBe("");
        (await server.AskAsync("select string_agg(distinct auth_method, ',') from pg_hba_file_rules")).ShouldBe(
            "scram-sha-256"
        );
        var guess = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "guess" }.ConnectionString;
        (await Should.ThrowAsync<PostgresException>(() => Servers.AskAsync(guess, "select 1"))).SqlState.ShouldBe(
            PostgresErrorCodes.InvalidPassword
        );
    }

    [Fact]
    public async Task Tells_its_secrets_to_nobody()
    {
        Servers.OnlyOnLinux();
        await using var server = await Servers.StartAsync(Servers.In(_folder));
        var password = new NpgsqlConnectionStringBuilder(server.ConnectionString).Password!;

        password.Length.ShouldBeGreaterThanOrEqualTo(32);
        Servers.ModeOf(Path.Combine(server.DataDirectory, "postgres.password")).ShouldBe("600");
        (
            await File.ReadAllTextAsync($"/proc/{server.ProcessId}/cmdline", TestContext.Current.CancellationToken)
        ).ShouldNotContain(password);
        (
            await File.ReadAllTextAsync($"/proc/{server.ProcessId}/environ", TestContext.Current.CancellationToken)
        ).ShouldNotContain("HOME=");

        await Should.ThrowAsync<PostgresException>(() => server.AskAsync("create role postgres password 'hush'"));
        foreach (var log in Directory.GetFiles(Path.Combine(server.DataDirectory, "postgres", "log")))
        {
            (await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken)).ShouldNotContain("hush");
        }
    }

    [Theory]
    [InlineData(Servers.Debian15)]
    [InlineData(EmbeddedPostgresOptions.Npm)]
    public async Task Runs_for_root_as_another_account_in_a_folder_closed_to_it(string binaries)
    {
        Servers.OnlyForRoot();
        Servers.ModeOf(_folder.Path).ShouldBe("700");

        await using var server = await Servers.StartAsync(Servers.In(_folder, binaries));

        var status = await File.ReadAllLinesAsync(
            $"/proc/{server.ProcessId}/status",
            TestContext.Current.CancellationToken
        );
        status.Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).ShouldNotContain("\t0");
        status
            .Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal))
            .ShouldBe("CapEff:\t0000000000000000");
        await server.AskAsync("create database made_later");
        await server.AskAsync("alter system set work_mem = '5MB'");
        await server.AskAsync("select pg_reload_conf()");
        await server.AskAsync("checkpoint");
        Servers.ModeOf(_folder.Path).ShouldBe("700");
    }

    [Fact]
    public async Task Is_out_of_reach_of_the_terminal_and_leaves_no_zombie()
    {
        Servers.OnlyOnLinux();
        var server = await Servers.StartAsync(Servers.In(_folder));
        Servers.Stat(server.ProcessId, field: 3).ShouldBe(server.ProcessId);
        var id = server.ProcessId;

        await server.DisposeAsync();

        Directory.Exists($"/proc/{id}").ShouldBeFalse();
        File.Exists(Path.Combine(server.DataDirectory, "postgres", "postmaster.pid")).ShouldBeFalse();
    }

    [Fact]
    public async Task Stops_although_a_session_is_busy()
    {
        var server = await Servers.StartAsync(Servers.In(_folder));
        var id = server.ProcessId;
        var busy = Servers.AskAsync(server.ConnectionString, "select pg_sleep(60)");

        await server.DisposeAsync();

        await Should.ThrowAsync<NpgsqlException>(() => busy);
        Servers.IsAlive(id).ShouldBeFalse();
    }

    [Fact]
    public async Task Ends_a_server_that_reacts_to_nothing()
    {
        Servers.OnlyOnLinux();
        var server = await Servers.StartAsync(
            Servers.In(_folder) with
            {
                StopTimeout = TimeSpan.FromMilliseconds(500),
            }
        );
        var id = server.ProcessId;
        using var stop = Process.Start("/bin/sh", ["-c", $"kill -STOP {id}"]);
        await stop.WaitForExitAsync(TestContext.Current.CancellationToken);

        await server.DisposeAsync();

        Servers.IsAlive(id).ShouldBeFalse();
        await using var next = await Servers.StartAsync(Servers.In(_folder));
        next.AlreadyRunning.ShouldBeFalse();
    }

    [Fact]
    public async Task Says_which_setting_to_change_when_the_port_is_taken()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var refusal = await Servers.RefusalOfAsync(Servers.In(_folder) with { Port = port });

        refusal.ShouldContain("EmbeddedPostgres__Port");
        refusal.ShouldContain($"127.0.0.1:{port}");
    }

    [Fact]
    public async Task Quotes_what_PostgreSQL_said_when_it_ends_at_its_start()
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["shared_buffers"] = "plenty" };

        var refusal = await Servers.RefusalOfAsync(Servers.In(_folder) with { Settings = settings });

        refusal.ShouldContain("EmbeddedPostgres__Settings");
        refusal.ShouldContain("invalid value for parameter \"shared_buffers\": \"plenty\"");
    }

    [Fact]
    public async Task Refuses_settings_that_would_open_it_to_the_network()
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Listen_Addresses"] = "*" };

        (await Servers.RefusalOfAsync(Servers.In(_folder) with { Settings = settings })).ShouldContain(
            "EmbeddedPostgres__Settings__Listen_Addresses"
        );
    }

    [Fact]
    public async Task Applies_further_settings()
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["max_connections"] = "33" };

        await using var server = await Servers.StartAsync(Servers.In(_folder) with { Settings = settings });

        (await server.AskAsync("show max_connections")).ShouldBe("33");
        (await server.AskAsync("show fsync")).ShouldBe("off");
    }

    [Fact]
    public async Task Says_which_setting_to_change_when_the_data_folder_cannot_be_made()
    {
        await File.WriteAllTextAsync(_folder["file"], "", TestContext.Current.CancellationToken);

        (await Servers.RefusalOfAsync(Servers.In(_folder) with { DataDirectory = _folder["file/data"] })).ShouldContain(
            "EmbeddedPostgres__DataDirectory"
        );
    }

    [Theory]
    [InlineData("postgres.port")]
    [InlineData("postgres.lock")]
    [InlineData("postgres.users")]
    [InlineData("postgres.password")]
    [InlineData("postgres.password.new")]
    [InlineData("postgres.start.log")]
    [InlineData("postgres/PG_VERSION")]
    [InlineData("postgres/postmaster.pid")]
    public async Task Names_a_folder_that_stands_where_a_file_belongs_and_makes_nothing(string file)
    {
        var path = Directory.CreateDirectory(_folder[$"data/{file}"]).FullName;

        var refusal = await Servers.RefusalOfAsync(Servers.In(_folder));

        refusal.ShouldStartWith($"{path} is a folder");
        refusal.ShouldContain("EmbeddedPostgres__DataDirectory");
        Directory.GetFiles(_folder["data"], "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Names_a_file_that_stands_where_the_cluster_belongs()
    {
        Directory.CreateDirectory(_folder["data"]);
        await File.WriteAllTextAsync(_folder["data/postgres"], "", TestContext.Current.CancellationToken);

        (await Servers.RefusalOfAsync(Servers.In(_folder))).ShouldStartWith($"{_folder["data/postgres"]} is a file");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no port")]
    [InlineData("70000")]
    public async Task Takes_a_port_file_that_says_nothing_for_none(string content)
    {
        Directory.CreateDirectory(_folder["data"]);
        await File.WriteAllTextAsync(_folder["data/postgres.port"], content, TestContext.Current.CancellationToken);

        new DataFolder(_folder["data"]).EnsureIntact();
        new DataFolder(_folder["data"]).FreePort().ShouldBeInRange(15000, 30000);
    }

    [Theory]
    [InlineData("postgres.password")]
    [InlineData("postgres.lock")]
    [InlineData("postgres.users")]
    public void A_device_or_pipe_in_the_data_folder_is_named_instead_of_waited_for(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nothing tells them from files.");
        Directory.CreateDirectory(_folder["data"]);
        var path = File.CreateSymbolicLink(_folder[$"data/{name}"], "/dev/null").FullName;

        Should
            .Throw<EmbeddedPostgresException>(() => new DataFolder(_folder["data"]).EnsureIntact())
            .Message.ShouldStartWith($"{path} is no regular file");
    }

    [Fact]
    public async Task Leaves_nothing_half_made_when_cancelled_while_it_makes_the_cluster()
    {
        using var cancel = new CancellationTokenSource();
        var starting = PostgresServer.StartAsync(Servers.In(_folder), NullLogger.Instance, cancel.Token);
        await Servers.UntilAsync(() =>
            starting.IsCompleted || UnfinishedClusters().Any(cluster => Directory.Exists(Path.Combine(cluster, "base")))
        );

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => starting);
        Directory.GetDirectories(_folder["data"]).ShouldBeEmpty();

        string[] UnfinishedClusters() =>
            Directory.Exists(_folder["data"]) ? Directory.GetDirectories(_folder["data"], "postgres.new-*") : [];
    }

    [Fact]
    public async Task Clears_away_a_cluster_that_a_killed_process_left_half_made()
    {
        Directory.CreateDirectory(_folder["data/postgres.new-1/base"]);

        await using var server = await Servers.StartAsync(Servers.In(_folder));

        Directory.GetDirectories(_folder["data"]).ShouldHaveSingleItem().ShouldEndWith("postgres");
    }
}
