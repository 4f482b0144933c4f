using BuildingBlocks.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace BuildingBlocks.Testing;

/// <summary>
/// The throw-away PostgreSQL of a test run: started on first use, not durable, stopped when the last test process that
/// uses it ends. Test projects that run at the same time share it, each with databases of its own. The environment
/// variable <c>TEST_POSTGRES</c> may name another server instead, by the connection string of a superuser; databases
/// and roles made there are dropped again. <c>TEST_POSTGRES_BINARIES</c> may name other binaries, as
/// <c>EmbeddedPostgres:BinDirectory</c> does.
/// </summary>
public static class TestCluster
{
    /// <summary>The environment variable that names another server.</summary>
    public const string Variable = "TEST_POSTGRES";

    /// <summary>The environment variable that names other binaries: their folder, or <c>npm</c>.</summary>
    public const string BinariesVariable = "TEST_POSTGRES_BINARIES";

    private static readonly Lazy<Task<string>> Running = new(Start);

    /// <summary>The connection string of the cluster's superuser.</summary>
    public static Task<string> Administrator() => Running.Value;

    private static async Task<string> Start()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            return given;
        }

        // One folder a user: another user's files cannot be shared. It may be deleted at any time no test runs.
        EmbeddedPostgresOptions options = new()
        {
            DataDirectory = Path.Combine(Path.GetTempPath(), $"modular-monolith-tests-{Environment.UserName}"),
            Durable = false,
            BinDirectory = Environment.GetEnvironmentVariable(BinariesVariable),
            Settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["max_connections"] = "500",
                ["deadlock_timeout"] = "50ms",
            },
        };
        var server = await PostgresServer.StartAsync(
            options,
            NullLogger.Instance,
            TestContext.Current.CancellationToken
        );
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            IncludeErrorDetail = true,
        }.ConnectionString;
    }
}
