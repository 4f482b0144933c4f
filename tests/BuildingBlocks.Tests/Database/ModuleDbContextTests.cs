using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.Tests.Probe;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.Database;

/// <summary>
/// A DbContext serves one scope after the other. What one of them leaves undone may not reach the next.
/// </summary>
public sealed class ModuleDbContextTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_scope_begins_without_what_an_earlier_one_left_undone()
    {
        await using (var scope = probe.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<ProbeDbContext>();
            await db.Database.OpenConnectionAsync(Cancellation);
            await db.Database.OpenConnectionAsync(Cancellation);
            await db.Database.BeginTransactionAsync(Cancellation);
            db.Publish(new NoteTakenV1("undone", "written"));
            await db.SaveChangesAsync(Cancellation);
            db.Publish(new NoteTakenV1("undone", "kept in mind"));
        }

        await probe.PublishOnly("done", "a");

        (await probe.Sql.List<string>("select key from outbox where key in ('done', 'undone')")).ShouldBe(["done"]);
    }

    [Fact]
    public async Task What_is_to_follow_a_commit_does_so_once_and_not_without_it()
    {
        var told = 0;
        await using var scope = probe.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProbeDbContext>();
        await using (await db.Database.BeginTransactionAsync(Cancellation))
        {
            db.OnceCommitted(() => told++);
            db.Publish(new NoteTakenV1("followed", "a"));
            await db.SaveChangesAsync(Cancellation);
            told.ShouldBe(0);
            await db.Database.CommitTransactionAsync(Cancellation);
        }

        told.ShouldBe(1);
        db.Publish(new NoteTakenV1("followed", "b"));
        await db.SaveChangesAsync(Cancellation);
        told.ShouldBe(1);
    }

    [Fact]
    public async Task A_scope_leaves_a_connection_of_others_open()
    {
        await using var connection = await probe.Sql.Connections.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        for (var i = 0; i < 2; i++)
        {
            await using var scope = probe.Services.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<AmbientTransaction>().Transaction = transaction;
            var db = await scope.ServiceProvider.ModuleDbContextIn(typeof(ProbeDbContext), Cancellation);
            await db.Database.OpenConnectionAsync(Cancellation);
            db.Publish(new NoteTakenV1("ambient", "a"));
            await db.SaveChangesAsync(Cancellation);
        }

        await transaction.CommitAsync(Cancellation);
        (await probe.Sql.List<string>("select key from outbox where key = 'ambient'")).Count.ShouldBe(2);
    }
}
