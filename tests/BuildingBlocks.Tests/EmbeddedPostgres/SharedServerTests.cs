using System.Globalization;
using BuildingBlocks.EmbeddedPostgres;

namespace BuildingBlocks.Tests.EmbeddedPostgres;

public sealed class SharedServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string PidFile => _folder["data/postgres/postmaster.pid"];

    [Fact]
    public async Task The_last_one_to_leave_stops_it()
    {
        await using var first = await Servers.StartAsync(Servers.In(_folder));
        await using var second = await Servers.StartAsync(Servers.In(_folder));
        second.AlreadyRunning.ShouldBeTrue();
        second.ProcessId.ShouldBe(first.ProcessId);

        await second.DisposeAsync();
        (await first.AskAsync("select 1")).ShouldBe(1);

        await using var third = await Servers.StartAsync(Servers.In(_folder));
        var id = first.ProcessId;
        await first.DisposeAsync();
        (await third.AskAsync("select 1")).ShouldBe(1);

        await third.DisposeAsync();
        Servers.IsAlive(id).ShouldBeFalse();
    }

    [Fact]
    public async Task Starting_at_the_same_time_ends_in_one_server()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Servers.StartAsync(Servers.In(_folder))));

        servers.Select(server => server.ProcessId).Distinct().ShouldHaveSingleItem();
        servers.Count(server => !server.AlreadyRunning).ShouldBe(1);

        await Task.WhenAll(servers.Select(server => server.DisposeAsync().AsTask()));
        File.Exists(PidFile).ShouldBeFalse();
    }

    [Fact]
    public async Task Takes_over_the_server_of_a_killed_process_and_stops_it()
    {
        using var child = ServerHolder.Start(_folder);
        try
        {
            await Servers.UntilAsync(() => File.Exists(_folder["held"]));
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var server = await Servers.StartAsync(Servers.In(_folder));

        var id = server.ProcessId;
        server.AlreadyRunning.ShouldBeTrue();
        id.ToString(CultureInfo.InvariantCulture)
            .ShouldBe(await File.ReadAllTextAsync(_folder["held"], TestContext.Current.CancellationToken));
        (await server.AskAsync("select 1")).ShouldBe(1);
        await server.DisposeAsync();
        File.Exists(PidFile).ShouldBeFalse();
        await Servers.UntilAsync(() => !Servers.IsAlive(id));
    }

    [Fact]
    public async Task Starts_again_after_the_server_died()
    {
        await LeaveADeadServerAsync();
        File.Exists(PidFile).ShouldBeTrue();

        await using var server = await Servers.StartAsync(Servers.In(_folder));

        server.AlreadyRunning.ShouldBeFalse();
        (await server.AskAsync("select answer from kept")).ShouldBe(42);
    }

    [Fact]
    public async Task Is_started_again_when_it_dies_with_its_data_and_on_its_port()
    {
        await using var first = await Servers.StartAsync(Servers.In(_folder));
        await using var second = await Servers.StartAsync(Servers.In(_folder));
        await first.AskAsync("create table kept as select 42 answer");
        await first.AskAsync("checkpoint");
        using CancellationTokenSource stop = new();
        Task[] kept = [first.KeepRunningAsync(stop.Token), second.KeepRunningAsync(stop.Token)];

        for (var death = 0; death < 2; death++)
        {
            var died = first.ProcessId;
            await first.CrashAsync();
            await Servers.UntilAsync(() => first.ProcessId != died && second.ProcessId == first.ProcessId);
            (await second.AskAsync("select answer from kept")).ShouldBe(42);
        }

        await stop.CancelAsync();
        foreach (var watch in kept)
        {
            await Should.ThrowAsync<OperationCanceledException>(() => watch);
        }

        (await first.AskAsync("select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Says_why_it_cannot_be_started_again()
    {
        // The second joins the server that the first has made, which takes no time to speak of.
        await using var server = await Servers.StartAsync(Servers.In(_folder));
        await using var second = await Servers.StartAsync(
            Servers.In(_folder) with
            {
                StartTimeout = TimeSpan.FromSeconds(5),
            }
        );
        var kept = second.KeepRunningAsync(TestContext.Current.CancellationToken);
        File.Delete(_folder["data/postgres/postgresql.conf"]);
        await server.CrashAsync();

        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(() => kept);

        refusal.Message.ShouldContain("cannot be started again");
        refusal.Message.ShouldContain("postgresql.conf");
    }

    [Fact]
    public async Task Starts_again_when_another_program_has_the_dead_servers_process_id()
    {
        await LeaveADeadServerAsync();
        await ReplaceProcessIdAsync(Environment.ProcessId);

        await using var server = await Servers.StartAsync(Servers.In(_folder));

        (await server.AskAsync("select answer from kept")).ShouldBe(42);
        Servers.IsAlive(Environment.ProcessId).ShouldBeTrue();
    }

    [Fact]
    public async Task Starts_again_when_the_server_of_another_folder_has_the_dead_servers_process_id()
    {
        Servers.OnlyOnLinux();
        using var elsewhere = new TemporaryFolder();
        await using var other = await Servers.StartAsync(Servers.In(elsewhere));
        await LeaveADeadServerAsync();
        await ReplaceProcessIdAsync(other.ProcessId);

        await using var server = await Servers.StartAsync(Servers.In(_folder));

        server.ProcessId.ShouldNotBe(other.ProcessId);
        (await server.AskAsync("select answer from kept")).ShouldBe(42);
        (await other.AskAsync("select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Starts_again_when_the_process_id_file_is_empty()
    {
        await LeaveADeadServerAsync();
        await File.WriteAllTextAsync(PidFile, "", TestContext.Current.CancellationToken);

        await using var server = await Servers.StartAsync(Servers.In(_folder));

        (await server.AskAsync("select answer from kept")).ShouldBe(42);
    }

    [Fact]
    public async Task Refuses_a_second_server_while_a_process_uses_one_that_cannot_be_seen()
    {
        await using var first = await Servers.StartAsync(Servers.In(_folder));
        await first.CrashAsync();

        (await Servers.RefusalOfAsync(Servers.In(_folder))).ShouldContain("EmbeddedPostgres__DataDirectory");
    }

    [Fact]
    public async Task Says_what_to_do_when_the_password_is_lost()
    {
        await using (await Servers.StartAsync(Servers.In(_folder))) { }

        File.Delete(_folder["data/postgres.password"]);

        (await Servers.RefusalOfAsync(Servers.In(_folder))).ShouldContain("postgres.password");
        File.Exists(_folder["data/postgres.password"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Says_what_to_do_when_a_running_server_refuses_the_password()
    {
        await using var first = await Servers.StartAsync(Servers.In(_folder));
        await File.WriteAllTextAsync(_folder["data/postgres.password"], "guess", TestContext.Current.CancellationToken);

        (await Servers.RefusalOfAsync(Servers.In(_folder))).ShouldContain("postgres.password");

        (await first.AskAsync("select 1")).ShouldBe(1);
    }

    private async Task LeaveADeadServerAsync()
    {
        await using var server = await Servers.StartAsync(Servers.In(_folder));
        await server.AskAsync("create table kept as select 42 as answer");
        await server.AskAsync("checkpoint");
        await server.CrashAsync();
    }

    private async Task ReplaceProcessIdAsync(int id)
    {
        var lines = await File.ReadAllLinesAsync(PidFile, TestContext.Current.CancellationToken);
        lines[0] = id.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(PidFile, lines, TestContext.Current.CancellationToken);
    }
}
