using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Modules;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using BindingFlags = System.Reflection.BindingFlags;
using MethodInfo = System.Reflection.MethodInfo;

namespace BuildingBlocks.Testing.Lanes;

/// <summary>
/// Applies events in several lanes at once, beside a command that saves every row as it has read it, and then, from the
/// same rows, in one lane alone. All meet on purpose: nobody can write before everybody has read or waits for somebody
/// who has.
/// </summary>
internal sealed class LanesTrial<TModule>(ModuleFixture<TModule> module)
    where TModule : Module, new()
{
    /// <summary>How many lanes.</summary>
    public const short Count = 4;

    private static readonly MethodInfo LoadAny = typeof(LanesTrial<TModule>).GetMethod(
        nameof(Load),
        BindingFlags.Static | BindingFlags.NonPublic
    )!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <returns>The rows that are there after one way and not after the other.</returns>
    public async Task<IReadOnlyList<string>> Differences(IReadOnlyList<IIntegrationEvent> events)
    {
        await module.Pump.Run();
        foreach (var happened in events)
        {
            module.Gave(await module.Pump.Publish(happened));
        }

        await using var before = await SchemaCopy.Of(module.Name, module.AdministratorSql);
        var known = string.Concat(events.Select(EventSerializer.Serialize)) + string.Concat(await Rows(known: ""));
        await ApplyInLanes(module.Pump.SubscriptionTo(events[0].GetType()));
        var inLanes = await Rows(known);
        await before.Restore();
        await module.Pump.Run();
        var inOne = await Rows(known);
        return
        [
            .. Without(inOne, inLanes).Select(row => $"missing: {row}"),
            .. Without(inLanes, inOne).Select(row => $"too much: {row}"),
        ];
    }

    /// <summary>A row that is there twice has to be taken away twice.</summary>
    private static List<string> Without(IEnumerable<string> rows, IEnumerable<string> others)
    {
        List<string> left = [.. rows];
        foreach (var row in others)
        {
            left.Remove(row);
        }

        return left;
    }

    private Task<IReadOnlyList<string>> Rows(string known) =>
        ComparableRows.Of(module.Name, module.AdministratorSql, known);

    private async Task ApplyInLanes(Subscription subscription)
    {
        await module.AdministratorSql.Execute(
            $"""update "{module.Name}".subscriptions set lanes = {Count} where name = $1 and source = $2""",
            subscription.Name,
            subscription.Source
        );
        await module.AdministratorSql.Execute(
            $"""
            insert into "{module.Name}".subscriptions (name, source, lane, lanes, checkpoint)
            select name, source, number, lanes, checkpoint from "{module.Name}".subscriptions, generate_series(1, {Count} - 1) number where name = $1 and source = $2
            """,
            subscription.Name,
            subscription.Source
        );
        var lanes = Enumerable
            .Range(0, Count)
            .Select(number =>
                ActivatorUtilities.CreateInstance<SubscriptionWorker>(
                    module.Services,
                    subscription with
                    {
                        Lane = new((short)number, Count),
                    }
                )
            )
            .ToArray();

        // Nothing but its events writes a projection; what a command wrote would be gone with the next rebuild.
        await Meet([
            .. lanes.Select(Drain),
            .. module.Descriptor.Module.IsProjection ? Array.Empty<Func<Task>>() : [SaveAllAsRead()],
        ]);

        // What follows from what was applied is applied as well, by the lanes or by whoever else reads it.
        await module.Pump.Run();
        await Task.WhenAll(lanes.Select(lane => Drain(lane)()));
        await module.Pump.Run();
    }

    /// <summary>Lets everybody read but nobody write, until all who have not finished wait for a lock.</summary>
    private async Task Meet(Func<Task>[] everybody)
    {
        var tables = await module.AdministratorSql.List<string>(
            """
            select format('%I.%I', $1, relname) from pg_class
            where relnamespace = $1::regnamespace and relkind = 'r' and relname not in ('subscriptions', 'parked_events', 'migrations') order by 1
            """,
            module.Name
        );
        await using var connection = await module.AdministratorSql.Connections.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await using NpgsqlCommand block = new($"lock table {string.Join(", ", tables)} in share mode", connection);
        await block.ExecuteNonQueryAsync(Cancellation);
        var working = Array.ConvertAll(everybody, one => Task.Run(one, Cancellation));
        while (working.Count(one => !one.IsCompleted) > await Waiting())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), Cancellation);
        }

        await transaction.RollbackAsync(Cancellation);
        await Task.WhenAll(working);
    }

    private Task<long> Waiting() =>
        module.AdministratorSql.Value<long>(
            "select count(*) from pg_stat_activity where datname = current_database() and backend_type = 'client "
                + "backend' and wait_event_type = 'Lock'"
        );

    private static Func<Task> Drain(SubscriptionWorker lane) =>
        () =>
            Insist(async () =>
            {
                while (await lane.StepAsync(Cancellation) is StepOutcome.Moved or StepOutcome.Elsewhere) { }
            });

    /// <summary>
    /// As a command does that read a while ago: what it writes is what it has read, and would take back what others
    /// have written since.
    /// </summary>
    private Func<Task> SaveAllAsRead() =>
        () =>
            Insist(async () =>
            {
                await using var scope = module.Services.CreateAsyncScope();
                var db = (ModuleDbContext)scope.ServiceProvider.GetRequiredService(module.Descriptor.DbContextType!);
                foreach (
                    var entity in db
                        .Model.GetEntityTypes()
                        .Where(entity =>
                            !entity.IsOwned()
                            && !entity.HasSharedClrType
                            && entity.FindAnnotation(ConcurrencyTokens.Waiver) is null
                        )
                )
                {
                    await (Task)LoadAny.MakeGenericMethod(entity.ClrType).Invoke(obj: null, [db])!;
                }

                foreach (var entry in db.ChangeTracker.Entries())
                {
                    entry.State = EntityState.Modified;
                }

                await db.SaveChangesAsync(Cancellation);
            });

    private static Task Load<TEntity>(ModuleDbContext db)
        where TEntity : class => db.Set<TEntity>().LoadAsync(Cancellation);

    /// <summary>Begins anew as often as somebody else is in the way, as the Host does.</summary>
    private static async Task Insist(Func<Task> work)
    {
        while (true)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception failure) when (Failures.IsTransient(failure) || Failures.IsConflict(failure))
            {
                Cancellation.ThrowIfCancellationRequested();
            }
        }
    }
}
