using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.EmbeddedPostgres;
using BuildingBlocks.Tests.Probe;
using Npgsql;

namespace BuildingBlocks.Tests.Database;

/// <summary>Each entry of the list as a real server, or the lack of one, brings it about.</summary>
public sealed class DatabaseFaultTests(DatabaseFaultTests.Server server) : IClassFixture<DatabaseFaultTests.Server>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_takes_no_writes() =>
        IsUnavailable(
            await FailureOf(Settings("Options=-c default_transaction_read_only=on"), "create table t (id int)"),
            "25006",
            "standby"
        );

    [Fact]
    public async Task A_session_that_an_administrator_ends() =>
        IsUnavailable(await FailureOfSession("select pg_terminate_backend($1)"), "57P01");

    [Fact]
    public async Task A_session_that_was_idle_for_too_long() =>
        IsUnavailable(await FailureOfSession(during: "set idle_session_timeout = 1"), "57P05", "idle_session_timeout");

    [Fact]
    public async Task A_transaction_that_was_idle_for_too_long() =>
        IsUnavailable(await FailureOfSession(during: "set idle_in_transaction_session_timeout = 1; begin"), "25P03");

    [Fact]
    public async Task A_statement_that_is_cancelled_by_somebody_else()
    {
        await using NpgsqlConnection connection = new(Settings());
        await connection.OpenAsync(Cancellation);
        await using NpgsqlCommand endless = new("select pg_sleep(3600)", connection) { CommandTimeout = 0 };
        var running = endless.ExecuteNonQueryAsync(Cancellation);
        await Eventually.Holds(async () =>
            await server.Database.Administrator.Value<bool>(
                "select coalesce((select pg_cancel_backend(pid) from pg_stat_activity where pid = $1 and query like "
                    + "'%3600%' and state = 'active'), false)",
                connection.ProcessID
            )
        );

        IsUnavailable(await Should.ThrowAsync<PostgresException>(() => running), "57014");
    }

    [Fact]
    public async Task A_statement_that_is_cancelled_from_here_is_no_fault_of_the_database()
    {
        using CancellationTokenSource cancelled = new();
        await using NpgsqlConnection connection = new(Settings());
        await connection.OpenAsync(Cancellation);
        await using NpgsqlCommand endless = new("select pg_sleep(3600)", connection) { CommandTimeout = 0 };
        var running = endless.ExecuteNonQueryAsync(cancelled.Token);
        await cancelled.CancelAsync();

        DatabaseFault
            .Of(new TimeoutException("too long", await Should.ThrowAsync<OperationCanceledException>(() => running)))
            .ShouldBeNull();
    }

    [Fact]
    public async Task A_role_that_may_have_no_more_connections() =>
        IsUnavailable(await FailureOf(Role("few", "connection limit 0")), "53300", "max_connections");

    [Fact]
    public async Task A_database_that_takes_no_connections()
    {
        await server.Database.Administrator.Execute(
            $"create database \"{server.Database.Name}_closed\" allow_connections false"
        );
        try
        {
            IsUnavailable(await FailureOf(Settings($"Database={server.Database.Name}_closed")), "55000");
        }
        finally
        {
            await server.Database.Administrator.Execute($"drop database \"{server.Database.Name}_closed\"");
        }
    }

    [Fact]
    public async Task A_sign_in_that_is_refused() =>
        IsUnavailable(await FailureOf(Settings("Password=wrong")), "28P01");

    [Fact]
    public async Task A_database_that_is_not_there() =>
        IsUnavailable(await FailureOf(Settings("Database=no_such_database")), "3D000");

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=nobody")]
    [InlineData("Host=no-such-host.invalid;Username=nobody")]
    [InlineData("Host=127.0.0.1,127.0.0.1;Port=1;Username=nobody;Target Session Attributes=primary")]
    public async Task A_server_that_is_not_there(string connectionString) =>
        IsUnavailable(await FailureOf(connectionString));

    [Fact]
    public async Task No_server_that_is_suitable() =>
        IsUnavailable(
            await FailureOf(Settings($"Host={Host},{Host};Target Session Attributes=standby")),
            "suitable host"
        );

    [Fact]
    public async Task A_pool_that_is_exhausted()
    {
        await using var pool = NpgsqlDataSource.Create(Settings("Pooling=true;Maximum Pool Size=1;Timeout=1"));
        await using var taken = await pool.OpenConnectionAsync(Cancellation);

        IsUnavailable(
            await Should.ThrowAsync<NpgsqlException>(async () => await pool.OpenConnectionAsync(Cancellation)),
            "pool"
        );
    }

    [Fact]
    public async Task A_server_that_stops()
    {
        using TemporaryFolder folder = new();
        await using var stopping = await Servers.StartAsync(Servers.In(folder));
        await using NpgsqlConnection open = new(
            new NpgsqlConnectionStringBuilder(stopping.ConnectionString) { Pooling = false }.ConnectionString
        );
        await open.OpenAsync(Cancellation);

        // A smart shutdown waits for this session, and lets none begin.
        System.Diagnostics.Process.Start("kill", ["-TERM", $"{stopping.ProcessId}"]).Dispose();
        Exception? refused = null;
        await Eventually.Holds(async () =>
        {
            try
            {
                await stopping.AskAsync("select 1");
                return false;
            }
            catch (NpgsqlException failure)
            {
                refused = failure;
                return true;
            }
        });

        IsUnavailable(refused!, "57P03");
    }

    [Theory]
    [InlineData("select 1 / 0")]
    [InlineData("select * from no_such_table")]
    [InlineData("select pg_read_file('/etc/passwd')")]
    [InlineData("select currval('nothing')")]
    public async Task A_mistake_in_a_statement_is_none(string sql) =>
        DatabaseFault.Of(await FailureOf(server.App, sql)).ShouldBeNull();

    [Fact]
    public async Task Two_commands_at_once_on_a_connection_are_none()
    {
        await using NpgsqlConnection connection = new(Settings());
        await connection.OpenAsync(Cancellation);
        await using NpgsqlCommand first = new("select 1", connection);
        await using var reader = await first.ExecuteReaderAsync(Cancellation);
        await using NpgsqlCommand second = new("select 2", connection);

        DatabaseFault
            .Of(
                await Should.ThrowAsync<NpgsqlOperationInProgressException>(() =>
                    second.ExecuteScalarAsync(Cancellation)
                )
            )
            .ShouldBeNull();
    }

    [Fact]
    public async Task A_lock_that_others_hold_is_a_conflict()
    {
        await using NpgsqlConnection holder = new(Settings());
        await holder.OpenAsync(Cancellation);
        await Execute(holder, "create table held (id int)");
        await Execute(holder, "begin; lock table held");

        DatabaseFault
            .Of(await FailureOf(Settings(), "begin; lock table held nowait"))!
            .Kind.ShouldBe(DatabaseFaultKind.Conflict);
    }

    private static void IsUnavailable(Exception failure, params string[] said)
    {
        var fault = DatabaseFault
            .Of(new InvalidOperationException("wrapped", failure))
            .ShouldNotBeNull(failure.ToString());
        fault.Kind.ShouldBe(DatabaseFaultKind.Unavailable);
        foreach (var part in said)
        {
            fault.Reason.ShouldContain(part);
        }
    }

    private string Host => new NpgsqlConnectionStringBuilder(server.Database.AdministratorConnectionString).Host!;

    private string Settings(string more = "") =>
        new NpgsqlConnectionStringBuilder(
            $"{server.Database.AdministratorConnectionString};Pooling=false;{more}"
        ).ConnectionString;

    private string Role(string name, string attributes)
    {
        server
            .Database.Administrator.Execute(
                $"create role \"{server.Database.Name}_{name}\" login password 'p' {attributes}"
            )
            .GetAwaiter()
            .GetResult();
        return Settings($"Username={server.Database.Name}_{name};Password=p");
    }

    /// <summary>The failure of a statement on a connection whose session the server has ended meanwhile.</summary>
    private async Task<Exception> FailureOfSession(string? by = null, string during = "select 1")
    {
        await using NpgsqlConnection connection = new(Settings());
        await connection.OpenAsync(Cancellation);
        var id = connection.ProcessID;
        await Execute(connection, during);
        if (by is not null)
        {
            await server.Database.Administrator.Value<bool>(by, id);
        }

        await Eventually.Holds(async () =>
            await server.Database.Administrator.Value<bool>(
                "select not exists (select 1 from pg_stat_activity where pid = $1)",
                id
            )
        );
        return await Should.ThrowAsync<NpgsqlException>(() => Execute(connection, "select 1"));
    }

    private static async Task<Exception> FailureOf(string connectionString, string sql = "select 1")
    {
        return await Should.ThrowAsync<Exception>(async () =>
        {
            await using NpgsqlConnection connection = new(connectionString);
            await connection.OpenAsync(Cancellation);
            await Execute(connection, sql);
        });
    }

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    public sealed class Server : IAsyncLifetime
    {
        public TestDatabase Database { get; private set; } = null!;

        public string App { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Database = await TestDatabase.Create(TestContext.Current.CancellationToken);
            await Database.Provision(["probe"], TestContext.Current.CancellationToken);
            App = $"{Database.AppConnectionString("probe")};Pooling=false";
        }

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }
}
