using BuildingBlocks.Tests.Probe;
using Npgsql;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>Effects and checkpoint are one thing: whatever fails between them undoes both.</summary>
public sealed class AtomicityTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Effects_stay_only_when_the_checkpoint_moves_with_them()
    {
        await probe.Pump.Run();
        await probe.OwnerSql.Execute(
            """
            create function refuse_to_move() returns trigger language plpgsql as $$ begin raise exception 'not now' using errcode = '57P03'; end $$;
            create trigger refuse_to_move before update on subscriptions for each row when (old.checkpoint::text <> new.checkpoint::text) execute function refuse_to_move()
            """
        );
        await probe.PublishOnly("atomic", "a", "b");

        await Should.ThrowAsync<PostgresException>(() => probe.NewWorker().StepAsync(Cancellation));
        (await probe.Effects("atomic")).ShouldBeEmpty();

        await probe.OwnerSql.Execute("drop trigger refuse_to_move on subscriptions; drop function refuse_to_move()");
        await probe.Pump.Run();
        (await probe.Effects("atomic")).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task What_was_applied_alone_before_the_connection_broke_is_not_applied_again()
    {
        await probe.Pump.Run();
        var tries = 0;
        probe.Behavior.OnNote = (note, _) =>
            note is { Topic: "alone", Text: "b" }
                ? throw (
                    ++tries == 1
                        ? new InvalidOperationException("splits the page")
                        : new PostgresException("breaks off", "FATAL", "FATAL", PostgresErrorCodes.AdminShutdown)
                )
                : Task.CompletedTask;
        await probe.PublishOnly("alone", "a", "b");

        await Should.ThrowAsync<PostgresException>(() => probe.NewWorker().StepAsync(Cancellation));
        (await probe.Effects("alone")).ShouldBe(["a"]);

        probe.Behavior.Behave();
        await probe.Pump.Run();
        (await probe.Effects("alone")).ShouldBe(["a", "b"]);
    }
}
