using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.Modules;
using BuildingBlocks.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace BuildingBlocks.Tests.Database;

/// <summary>What all pools together may take of the server is settled before anything runs.</summary>
public sealed class ConnectionBudgetTests(ConnectionBudgetTests.Server server)
    : IClassFixture<ConnectionBudgetTests.Server>
{
    private static readonly Module[] Modules = [new EventSource("alpha"), new EventSource("beta")];

    [Fact]
    public async Task Leaves_the_pools_alone_that_fit() => (await Settle()).ShouldBe((null, null));

    [Fact]
    public async Task Makes_pools_smaller_that_nobody_has_set()
    {
        var (settled, size) = await Settle(("Database:MaxConnections", "35"));

        (settled, size).ShouldBe(("pools of 15 connections a module, as many as fit into the server", "15"));
    }

    [Fact]
    public async Task Takes_as_given_what_is_set_and_fits() =>
        (await Settle(("Database:MaxConnections", "35"), ("Database:PoolSize", "15"))).ShouldBe((null, "15"));

    [Theory]
    [InlineData(
        "Database:PoolSize=16;Database:MaxConnections=35",
        "need 32 connections",
        "has 30 for them",
        "Database:PoolSize to 15",
        "max_connections by 2"
    )]
    [InlineData(
        "Database:PoolSize=15;Database:MaxConnections=35;Database:Hosts=2",
        "need 60 connections",
        "Database:PoolSize to 7",
        "in 2 Host(s)"
    )]
    [InlineData("Database:MaxConnections=14", "need 10 connections", "has 9 for them")]
    [InlineData(
        "Database:PoolSize=51;Database:Hosts=2;Database:MaxConnections=210",
        "need 204 connections",
        "has 205 for them",
        "role"
    )]
    [InlineData("Database:PoolSize=101", "may have 100 connections, which is less than 101")]
    [InlineData("Database:Hosts=1000", "in 1000 Host(s)")]
    [InlineData("Database:ReservedConnections=100000", "for administrators")]
    public async Task Refuses_what_does_not_fit_with_the_numbers_and_the_ways_out(string settings, params string[] said)
    {
        if (said[^1] is "role")
        {
            // With the server's number replaced nothing else of it counts: a pooler keeps its own books.
            (await Settle(Pairs(settings))).Settled.ShouldBeNull();
            return;
        }

        var refusal = await Should.ThrowAsync<StartupException>(() => Settle(Pairs(settings)));

        foreach (var part in said)
        {
            refusal.Message.ShouldContain(part);
        }

        refusal.Message.ShouldContain("or raise max_connections by");
        refusal.Message.ShouldContain("or let fewer modules (Modules:Enabled) or Hosts use this server");
    }

    [Theory]
    [InlineData("Database:PoolSize", "0", "from 1 to 10000")]
    [InlineData("Database:PoolSize", "-1", "from 1 to 10000")]
    [InlineData("Database:Hosts", "0", "from 1 to 1000")]
    [InlineData("Database:Hosts", "2000000000", "from 1 to 1000")]
    [InlineData("Database:ReservedConnections", "-1", "from 0 to 1000000")]
    [InlineData("Database:MaxConnections", "0", "from 1 to 1000000")]
    [InlineData("Database:MaxConnections", "many", "from 1 to 1000000")]
    public async Task Refuses_a_number_that_is_out_of_its_range(string setting, string value, string range) =>
        (await Should.ThrowAsync<StartupException>(() => Settle((setting, value)))).Message.ShouldBe(
            $"{setting} is {value}; it has to be {range}."
        );

    [Fact]
    public async Task Counts_the_pool_that_a_connection_string_sets()
    {
        var refusal = await Should.ThrowAsync<StartupException>(() =>
            Settle(
                ("Database:MaxConnections", "35"),
                (
                    "Modules:alpha:ConnectionString",
                    server.Database.AppConnectionString("alpha") + ";Maximum Pool Size=26"
                )
            )
        );

        refusal.Message.ShouldContain("need 31 connections");
    }

    [Fact]
    public async Task Says_that_other_Hosts_have_the_connections_that_this_one_would_use()
    {
        await using NpgsqlConnection other = new(
            new NpgsqlConnectionStringBuilder(server.Database.AppConnectionString("alpha"))
            {
                Pooling = false,
                ApplicationName = HostWakeUps.NameOfHost(100_000),
            }.ConnectionString
        );
        await other.OpenAsync(TestContext.Current.CancellationToken);

        var (settled, size) = await Settle();

        settled.ShouldNotBeNull().ShouldContain("other Hosts may use 100000 connections and this one 40,");
        settled.ShouldContain("set Database:Hosts");
        size.ShouldBeNull("One that runs while another is replaced by it keeps its pools.");
    }

    private static (string, string?)[] Pairs(string settings) =>
        [.. settings.Split(';').Select(one => one.Split('=')).Select(one => (one[0], (string?)one[1]))];

    private async Task<(string? Settled, string? Size)> Settle(params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                Modules.ToDictionary(
                    module => $"Modules:{module.Name}:ConnectionString",
                    module => (string?)server.Database.AppConnectionString(module.Name),
                    StringComparer.OrdinalIgnoreCase
                )
            )
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)))
            .Build();
        await using ModuleDataSources sources = new(configuration, NullLoggerFactory.Instance);
        return (
            await ConnectionBudget.EnsureFitsAsync(
                configuration,
                Modules,
                sources,
                TestContext.Current.CancellationToken
            ),
            configuration["Database:PoolSize"]
        );
    }

    public sealed class Server : IAsyncLifetime
    {
        public TestDatabase Database { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Database = await TestDatabase.Create(TestContext.Current.CancellationToken);
            await Database.Provision(Modules.Select(module => module.Name), TestContext.Current.CancellationToken);
        }

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }
}
