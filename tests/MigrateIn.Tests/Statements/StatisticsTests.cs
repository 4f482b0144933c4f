using BuildingBlocks.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;
using MigrateIn.Statements;
using Npgsql;

namespace MigrateIn.Tests.Statements;

/// <summary>What a server counts, on one that has pg_stat_statements and on one that has not.</summary>
public sealed class StatisticsTests
{
    [Fact]
    public async Task Statements_come_with_their_calls()
    {
        var folder = Directory.CreateTempSubdirectory("counted-");
        EmbeddedPostgresOptions options = new()
        {
            DataDirectory = Path.Combine(folder.FullName, "data"),
            Durable = false,
            BinDirectory = Environment.GetEnvironmentVariable(TestCluster.BinariesVariable),
            Settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["shared_preload_libraries"] = "pg_stat_statements",
            },
        };
        await using (
            var server = await PostgresServer.StartAsync(
                options,
                NullLogger.Instance,
                TestContext.Current.CancellationToken
            )
        )
        {
            await using var connections = NpgsqlDataSource.Create(server.ConnectionString);
            TestSql sql = new(connections);
            await sql.Execute(
                "create schema \"Odd\"; create extension pg_stat_statements schema \"Odd\"; create table t ()"
            );
            for (var i = 0; i < 3; i++)
            {
                await sql.Execute("select from t");
            }

            var (counted, absence) = await ReadAsync(connections);

            absence.ShouldBeNull();
            counted!.Single(one => one.Sql is "select from t").Calls.ShouldBe(3);
        }

        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("select 1", "not installed")]
    [InlineData("create extension pg_stat_statements", "shared_preload_libraries")]
    public async Task Says_why_there_are_none(string before, string why)
    {
        await using var database = await TestDatabase.Create(TestContext.Current.CancellationToken);
        await database.Administrator.Execute(before);

        var (counted, absence) = await ReadAsync(database.Administrator.Connections);

        counted.ShouldBeNull();
        absence!.ShouldContain(why);
    }

    private static async Task<(IReadOnlyList<(string Sql, double Calls)>? Counted, string? Absence)> ReadAsync(
        NpgsqlDataSource connections
    )
    {
        await using var connection = await connections.OpenConnectionAsync(TestContext.Current.CancellationToken);
        return await StatementStatistics.ReadAsync(connection, TestContext.Current.CancellationToken);
    }
}
