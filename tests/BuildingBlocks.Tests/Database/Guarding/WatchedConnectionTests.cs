using BuildingBlocks.Database;
using BuildingBlocks.Database.Guarding;
using BuildingBlocks.Tests.Probe;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace BuildingBlocks.Tests.Database.Guarding;

/// <summary>Every way there is to have something executed on a module's connection.</summary>
public sealed class WatchedConnectionTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private const string Foreign = "select title from inventory.stock_levels";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private NpgsqlDataSource Connections => probe.Services.GetRequiredService<ModuleDataSources>().Of("probe");

    [Fact]
    public Task Watches_a_query_of_ef_core() =>
        Refuses(() =>
            probe.With<ProbeDbContext, List<string>>(db =>
                db.Database.SqlQueryRaw<string>(Foreign).ToListAsync(Cancellation)
            )
        );

    [Fact]
    public Task Watches_a_query_of_ef_core_that_is_composed_further() =>
        Refuses(() =>
            probe.With<ProbeDbContext, List<Note>>(async db =>
            {
                // Opened before, for whoever waits for a connection goes on without the callers on its stack.
                await db.Database.OpenConnectionAsync(Cancellation);
                return await db
                    .Notes.FromSqlRaw("select n.* from notes n join inventory.stock_levels s on true")
                    .Where(note => note.Times > 1)
                    .ToListAsync(Cancellation);
            })
        );

    [Fact]
    public Task Watches_a_statement_of_ef_core() =>
        Refuses(() =>
            probe.With<ProbeDbContext, int>(async db =>
            {
                await db.Database.OpenConnectionAsync(Cancellation);
                return await db.Database.ExecuteSqlRawAsync("delete from inventory.stock_levels", Cancellation);
            })
        );

    [Fact]
    public Task Watches_a_command_of_the_data_source() =>
        Refuses(async () =>
        {
            await using var command = Connections.CreateCommand(Foreign);
            await command.ExecuteNonQueryAsync(Cancellation);
        });

    [Fact]
    public Task Watches_a_command_on_a_connection() =>
        Refuses(async () =>
        {
            await using var connection = await Connections.OpenConnectionAsync(Cancellation);
            await using NpgsqlCommand command = new(Foreign, connection);
            await command.ExecuteScalarAsync(Cancellation);
        });

    [Fact]
    public Task Watches_a_command_that_is_executed_synchronously() =>
        Refuses(() =>
        {
            using var connection = Connections.OpenConnection();
            using NpgsqlCommand command = new(Foreign, connection);
            command.ExecuteNonQuery();
            return Task.CompletedTask;
        });

    [Fact]
    public Task Watches_a_prepared_command() =>
        Refuses(async () =>
        {
            await using var connection = await Connections.OpenConnectionAsync(Cancellation);
            await using NpgsqlCommand command = new("select 1", connection);
            await command.PrepareAsync(Cancellation);
            command.CommandText = Foreign;
            await command.ExecuteNonQueryAsync(Cancellation);
        });

    [Fact]
    public Task Watches_a_batch() =>
        Refuses(async () =>
        {
            await using var batch = Connections.CreateBatch();
            batch.BatchCommands.Add(new("select 1"));
            batch.BatchCommands.Add(new(Foreign));
            await batch.ExecuteNonQueryAsync(Cancellation);
        });

    [Fact]
    public Task Watches_a_copy() =>
        Refuses(async () =>
        {
            await using var connection = await Connections.OpenConnectionAsync(Cancellation);
            await connection.BeginTextExportAsync("copy inventory.stock_levels to stdout", Cancellation);
        });

    [Theory]
    [InlineData("set statement_timeout = 5")]
    [InlineData("select 1; SET search_path = probe")]
    [InlineData("listen anything")]
    [InlineData("select pg_advisory_lock(1)")]
    [InlineData("select set_config('work_mem', '1MB', false)")]
    public async Task Refuses_what_would_stay_behind_in_a_session_that_others_use_later(string sql)
    {
        await using var command = Connections.CreateCommand(sql);

        (await Should.ThrowAsync<SessionStateException>(() => Ask(command))).Message.ShouldContain(
            $"{nameof(WatchedConnectionTests)}.{nameof(Ask)} ("
        );
    }

    [Theory]
    [InlineData("set local statement_timeout = 5")]
    [InlineData("update notes set title = 'reset' where false")]
    [InlineData("select pg_advisory_xact_lock(1)")]
    [InlineData("select set_config('work_mem', '1MB', true)")]
    public async Task Lets_pass_what_ends_with_the_transaction(string sql)
    {
        await using var command = Connections.CreateCommand(sql);
        await Ask(command);
    }

    [Fact]
    public async Task A_connection_that_is_closed_after_use_may_be_changed()
    {
        await using ModuleDataSources sources = new(Settings(watch: true), NullLoggerFactory.Instance);
        await using var command = sources.Of("probe").CreateCommand("set statement_timeout = 5000");
        await Ask(command);
    }

    [Fact]
    public async Task Leaves_the_connection_usable_and_the_transaction_whole()
    {
        await using var connection = await Connections.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await using NpgsqlCommand foreign = new(Foreign, connection);
        await Should.ThrowAsync<ForeignSqlException>(() => foreign.ExecuteNonQueryAsync(Cancellation));

        await using NpgsqlCommand own = new("select count(*) from notes", connection);
        (await own.ExecuteScalarAsync(Cancellation)).ShouldBeOfType<long>();
        await transaction.CommitAsync(Cancellation);
    }

    [Fact]
    public async Task Names_the_call_site_also_where_the_stack_began_anew_after_an_await()
    {
        // New connections only, so that opening one really waits, and nobody of ours is on the stack when the command
        // is executed.
        await using ModuleDataSources sources = new(Settings(watch: true), NullLoggerFactory.Instance);
        await using var command = sources.Of("probe").CreateCommand(Foreign);

        var refusal = await Should.ThrowAsync<ForeignSqlException>(() => Ask(command));

        refusal.Message.ShouldContain($"{nameof(WatchedConnectionTests)}.{nameof(Ask)} (");
        refusal.Message.ShouldContain("WatchedConnectionTests.cs:");
    }

    [Fact]
    public async Task Is_off_unless_it_is_asked_for()
    {
        await using ModuleDataSources sources = new(Settings(watch: null), NullLoggerFactory.Instance);
        await using var command = sources.Of("probe").CreateCommand(Foreign);

        (await Should.ThrowAsync<PostgresException>(() => Ask(command))).SqlState.ShouldBeOneOf(
            PostgresErrorCodes.InsufficientPrivilege,
            PostgresErrorCodes.UndefinedTable
        );
    }

    private static async Task Ask(NpgsqlCommand command) => await command.ExecuteScalarAsync(Cancellation);

    private IConfiguration Settings(bool? watch) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
                {
                    ["Modules:probe:ConnectionString"] = probe.Database.AppConnectionString("probe") + ";Pooling=false",
                    [ModuleDataSources.WatchSetting] = watch?.ToString(),
                }
            )
            .Build();

    private async Task Refuses(Func<Task> work)
    {
        var refusal = await Should.ThrowAsync<ForeignSqlException>(work);

        (refusal.Module, refusal.Schema).ShouldBe(("probe", "inventory"));
        refusal.Message.ShouldContain("inventory.stock_levels in schema 'inventory'");
        refusal.Message.ShouldContain("docs/guides/copies.md");
        refusal.Message.ShouldContain("docs/guides/composition.md");
        refusal.Message.ShouldContain("WatchedConnectionTests.cs:");
        refusal.Message.ShouldNotContain('\n');
        (await probe.Sql.Value<long>("select count(*) from notes where title = 'none'")).ShouldBe(0);
    }
}
