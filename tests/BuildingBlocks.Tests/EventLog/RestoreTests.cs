using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Maintenance;
using BuildingBlocks.Tests.Probe;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>
/// A database that was restored into another cluster refuses to run until it is repaired, and then has lost and doubled
/// nothing.
/// </summary>
public sealed class RestoreTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    // What an old and busy cluster has given out that a new one has not.
    private const long Older = 3_000_000_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refuses_to_run_on_ids_of_the_future_and_loses_and_doubles_nothing_once_repaired()
    {
        await probe.PublishOnly("restored", "applied");
        var late = await probe.BeginPublishing("restored", "late");
        await probe.PublishOnly("restored", "applied meanwhile");
        await probe.Pump.Run();
        var inTheMiddle = probe.NewWorker();
        await probe.PublishOnly("page", "0", "1", "2", "3", "4", "5", "6");
        await inTheMiddle.StepAsync(Cancellation);
        await ProbeFixture.Commit(late);
        await probe.PublishOnly("restored", "unread");
        (await probe.Effects("restored")).ShouldBe(["applied", "applied meanwhile"]);
        (await probe.Effects("page")).ShouldBe(["0", "1", "2", "3", "4"]);
        await ComeFromAnOlderCluster();

        using (var host = probe.NewHost())
        {
            var refused = await Should.ThrowAsync<StartupException>(() => host.StartAsync(Cancellation));
            refused.Message.ShouldContain("The event log of module probe comes from another PostgreSQL cluster");
            refused.Message.ShouldContain("database repair-event-log");
        }

        var repaired = await EventLogRepair.RepairAsync(
            probe.AdministratorConnectionString,
            ["probe"],
            [],
            Cancellation
        );
        repaired.Keys.ShouldBe(["probe"]);
        (
            await EventLogRepair.RepairAsync(probe.AdministratorConnectionString, ["probe"], [], Cancellation)
        ).ShouldBeEmpty("Nothing is left to repair.");
        await probe.PublishOnly("restored", "new");
        using (var host = probe.NewHost())
        {
            await host.StartAsync(Cancellation);
            await Eventually.Holds(async () =>
                (await probe.Effects("restored")).Count >= 5 && (await probe.Effects("page")).Count >= 7
            );
            await host.StopAsync(Cancellation);
        }

        (await probe.Effects("restored")).ShouldBe(["applied", "applied meanwhile", "late", "unread", "new"]);
        (await probe.Effects("page")).ShouldBe(["0", "1", "2", "3", "4", "5", "6"]);
    }

    /// <summary>Leaves the log as a dump of a cluster that had given out three billion more ids.</summary>
    private async Task ComeFromAnOlderCluster()
    {
        const string Raised =
            "(select (pg_snapshot_xmin(one)::text::bigint + 3000000000) || ':' || "
            + "(pg_snapshot_xmax(one)::text::bigint + 3000000000) || ':' "
            + "|| coalesce((select string_agg((id::text::bigint + 3000000000)::text, ',' order by id) from "
            + "pg_snapshot_xip(one) id), ''))::pg_snapshot";
        await probe.AdministratorSql.Execute(
            $"update probe.outbox set tx_id = (tx_id::text::bigint + {Older})::text::xid8"
        );
        foreach (var column in new[] { "checkpoint", "target" })
        {
            await probe.AdministratorSql.Execute(
                $"update probe.subscriptions set {column} = {Raised.Replace("one", column, StringComparison.Ordinal)} "
                    + $"where {column} is not null"
            );
        }

        await probe.AdministratorSql.Execute(
            $"update probe.outbox_consumers set checkpoints = array(select {Raised} from unnest(checkpoints) one)"
        );
    }
}
