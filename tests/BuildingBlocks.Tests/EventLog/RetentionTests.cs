using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Maintenance;
using BuildingBlocks.EventLog.Monitoring;
using BuildingBlocks.Operations;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>Published events are kept until all have applied them and they are older than the replay window.</summary>
public sealed class RetentionTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deletes_only_what_every_consumer_has_applied_and_what_is_older_than_the_window()
    {
        // Events carry the server's time, the retention goes by the Host's: 2030 in tests, so that everything is old
        // enough.
        await probe.PublishOnly("kept", "a", "b");
        await Run(Window);
        (await Kept("kept")).ShouldBe(2, "Nobody has applied them.");

        await probe.Pump.Run();
        await Run(TimeSpan.FromDays(3650));
        (await Kept("kept")).ShouldBe(2, "They are younger than the window.");
        await Run(window: null);
        (await Kept("kept")).ShouldBe(2, "Without a window everything is kept.");

        await probe.Sql.Execute(
            "insert into outbox_consumers (name, checkpoints) values ('elsewhere', array['1:1:'::pg_snapshot])"
        );
        await Run(Window);
        (await Kept("kept")).ShouldBe(2, "A consumer that runs in another Host has yet to read them.");

        var control = probe.Services.GetRequiredService<SubscriptionOperations>();
        (await control.ForgetConsumerAsync("probe", "probe", "ann", Cancellation))
            .Error.ShouldNotBeNull()
            .Code.ShouldBe("operations.consumer-runs");
        (await control.ForgetConsumerAsync("probe", "elsewhere", "ann", Cancellation)).Error.ShouldBeNull();
        (await control.ForgetConsumerAsync("probe", "elsewhere", "ann", Cancellation))
            .Error.ShouldNotBeNull()
            .Code.ShouldBe("operations.unknown-consumer");
        await probe.PublishOnly("new", "c");
        await Run(Window);
        (await Kept("kept")).ShouldBe(0);
        (await Kept("new")).ShouldBe(1, "This one has yet to be applied.");

        await probe.Pump.Run();
        (await probe.Effects("kept")).ShouldBe(["a", "b"]);
        (await probe.Effects("new")).ShouldBe(["c"]);
        var status = (await probe.Services.GetRequiredService<OutboxMonitor>().ReadAsync(Cancellation)).Single();
        status.PrunedEvents.ShouldBe(2);
        status.Consumers.Select(consumer => consumer.Name).ShouldBe(["probe", "probe.outbound"]);
        status.PrunedBefore.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_app_role_still_cannot_delete_history_by_itself()
    {
        var refused = await Should.ThrowAsync<PostgresException>(() => probe.Sql.Execute("delete from outbox"));

        refused.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    private async Task Run(TimeSpan? window)
    {
        var options = Options.Create(new EventLogOptions { ReplayWindow = window });
        var retention = ActivatorUtilities.CreateInstance<OutboxRetention>(probe.Services, options);
        await retention.For("probe")(Cancellation);
    }

    private Task<long> Kept(string topic) => probe.Sql.Value<long>("select count(*) from outbox where key = $1", topic);
}
