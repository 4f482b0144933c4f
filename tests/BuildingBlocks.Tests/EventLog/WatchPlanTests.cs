using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Tests.Probe;
using Npgsql;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>
/// Looking for news costs the same however much has happened before, also when it is planned once for all snapshots.
/// </summary>
public sealed class WatchPlanTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    [Fact]
    public async Task Reads_an_index_only()
    {
        await probe.Sql.Execute(
            """
            insert into outbox (event_id, event_type, event_version, key, payload, correlation_id)
            select gen_random_uuid(), 'note.taken', 1, 'history', '{}'::jsonb, 'history' from generate_series(1, 20000)
            """
        );
        await probe.Sql.Execute(
            """
            insert into scheduled_events (event_id, due_at, event_type, event_version, key, payload, correlation_id)
            select gen_random_uuid(), now() + interval '1 day', 'note.taken', 1, 'history', '{}'::jsonb, 'history' from generate_series(1, 20000)
            """
        );
        await probe.Sql.Execute(
            """
            insert into parked_events (subscription, source, lane, position, event_id, event_type, event_version, key, payload, correlation_id, occurred_at, status, attempts, next_try_at, parked_at)
            select 'probe', 'history', 0, number, gen_random_uuid(), 'note.taken', 1, 'history', '{}'::jsonb, 'history', now(), 'waiting', 1, now() + interval '1 day', now()
            from generate_series(1, 20000) as number
            """
        );
        await probe.OwnerSql.Execute("analyze outbox, scheduled_events, parked_events");
        await using var connection = await probe.OwnerSql.Connections.OpenConnectionAsync(
            TestContext.Current.CancellationToken
        );
        await using NpgsqlCommand prepare = new(
            "set plan_cache_mode = force_generic_plan; prepare look (text, timestamptz) as "
                + $"{ModulePoller.LookInto("probe", runsHere: true)}",
            connection
        );
        await prepare.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        List<string> plan = [];
        await using NpgsqlCommand explain = new("explain execute look ('10:10:', now())", connection);
        await using var reader = await explain.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            plan.Add(reader.GetString(0));
        }

        string.Join('\n', plan).ShouldNotContain("Seq Scan");
    }
}
