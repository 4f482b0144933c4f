using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Tests.Database;
using BuildingBlocks.Tests.Probe;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>
/// Somebody else changes a row between a reaction's reading and its writing: nothing is lost, and nothing is parked for
/// it.
/// </summary>
public sealed class ConflictTests(ProbeFixture probe) : IClassFixture<ProbeFixture>, IAsyncLifetime
{
    private const string Topic = "conflict";

    private readonly Guid note = Guid.CreateVersion7();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await probe.Pump.Run();
        await probe.Save<ProbeDbContext>(db =>
            db.Add(
                new Note
                {
                    Id = note,
                    Title = $"{note}",
                    Times = 1,
                }
            )
        );
    }

    public ValueTask DisposeAsync()
    {
        probe.Behavior.Behave();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(null)]
    [InlineData(PostgresErrorCodes.DeadlockDetected)]
    [InlineData(PostgresErrorCodes.SerializationFailure)]
    public async Task Is_tried_again_as_often_as_it_takes_and_never_parked(string? sqlState)
    {
        var topic = $"{Topic} {note}";
        var lost = 0;
        probe.Behavior.OnNote = (_, _) =>
            ++lost > 12
                ? Task.CompletedTask
                : throw (
                    sqlState is null
                        ? new DbUpdateConcurrencyException()
                        : new PostgresException("again", "ERROR", "ERROR", sqlState)
                );
        await probe.PublishOnly(topic, "a");

        while (await probe.NewWorker().StepAsync(Cancellation) is StepOutcome.Moved) { }

        lost.ShouldBe(13);
        (await probe.Effects(topic)).ShouldBe(["a"]);
        (await Parked(topic)).ShouldBe(0);
    }

    [Fact]
    public async Task That_a_reaction_makes_itself_each_time_is_said_once_with_all_that_finds_it()
    {
        var topic = $"{Topic} {note}";
        var tries = 0;
        probe.Behavior.OnNoteIn = async (db, _, cancellationToken) =>
        {
            var read = await db.Notes.SingleAsync(one => one.Id == note, cancellationToken);
            read.Title = $"{note} read";
            if (++tries <= 10)
            {
                await db.Database.ExecuteSqlAsync(
                    $"update notes set times = times + 1 where id = {note}",
                    cancellationToken
                );
            }
        };
        await probe.PublishOnly(topic, "a");
        Lines<OutageLog> said = [];
        var worker = probe.NewWorker(new OutageLog(probe.Clock, said));

        while (await worker.StepAsync(Cancellation) is StepOutcome.Moved) { }

        var line = said.ShouldHaveSingleItem();
        line.ShouldStartWith("Subscription probe from probe is unwell: event ");
        line.ShouldContain($"(note.taken, key {topic}, correlation ");
        line.ShouldContain(" has conflicted 8 times in a row over notes, and is tried again.");
        line.ShouldContain(nameof(RecordNote));
        (await probe.Effects(topic)).ShouldBe(["a"]);
        (await Parked(topic)).ShouldBe(0);
    }

    [Fact]
    public async Task A_page_that_locks_rows_in_the_way_of_another_is_applied_event_by_event()
    {
        var topic = $"{Topic} {note}";
        List<string> tried = [];
        probe.Behavior.OnNote = async (happened, _) =>
        {
            // The whole page again would show nothing of its own before it is committed.
            tried.Add($"{happened.Text} after [{string.Join(',', await probe.Effects(topic))}]");
            if (tried.Count == 2)
            {
                throw new PostgresException("another page", "ERROR", "ERROR", PostgresErrorCodes.DeadlockDetected);
            }
        };
        await probe.PublishOnly(topic, "a", "b");

        while (await probe.NewWorker().StepAsync(Cancellation) is StepOutcome.Moved) { }

        tried.ShouldBe(["a after []", "b after []", "a after []", "b after [a]"]);
        (await probe.Effects(topic)).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_row_that_two_have_added_at_the_same_time_is_found_by_the_second_one()
    {
        var topic = $"{Topic} {note}";
        var tries = 0;
        probe.Behavior.OnNoteIn = async (db, _, cancellationToken) =>
        {
            tries++;
            if (await db.Notes.AnyAsync(one => one.Title == topic, cancellationToken))
            {
                return;
            }

            // Not there when it is looked for, but when this is saved.
            await Save(other => other.Add(NewNote(topic)));
            db.Add(NewNote(topic));
        };
        await probe.PublishOnly(topic, "a");

        while (await probe.NewWorker().StepAsync(Cancellation) is StepOutcome.Moved) { }

        tries.ShouldBe(2);
        (await probe.Effects(topic)).ShouldBe(["a"]);
        (await Parked(topic)).ShouldBe(0);
    }

    [Fact]
    public async Task What_violates_a_unique_constraint_each_time_is_parked()
    {
        var topic = $"{Topic} {note}";
        probe.Behavior.OnNoteIn = (db, _, _) =>
        {
            db.Add(NewNote($"{note}"));
            return Task.CompletedTask;
        };
        await probe.PublishOnly(topic, "a");

        while (await probe.NewWorker().StepAsync(Cancellation) is StepOutcome.Moved) { }

        (await Parked(topic)).ShouldBe(1);
    }

    [Fact]
    public async Task Does_not_count_as_an_attempt_of_a_parked_event()
    {
        var topic = $"{Topic} {note}";
        probe.Behavior.FailOn(topic, new InvalidOperationException("parks it"));
        await probe.PublishOnly(topic, "a");
        await probe.Pump.Run();
        probe.Behavior.FailOn(topic, new DbUpdateConcurrencyException());
        probe.Clock.Advance(TimeSpan.FromSeconds(5));

        await Should.ThrowAsync<DbUpdateConcurrencyException>(RetryAllThatIsDue);
        (await probe.Sql.Value<int>("select attempts from parked_events where key = $1", topic)).ShouldBe(1);

        probe.Behavior.Behave();
        await probe.Pump.Run();
        (await probe.Effects(topic)).ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_retry_that_only_its_commit_refuses_is_noted_as_an_attempt()
    {
        var topic = $"{Topic} {note}";
        await probe.OwnerSql.Execute(
            """
            create or replace function refuse_effect() returns trigger language plpgsql as $$ begin raise exception 'refused at last'; end $$;
            create or replace function refuse_effect_for(topic text) returns void language plpgsql as $$ begin
              execute format('create constraint trigger refuse_effect after insert on effects deferrable initially deferred for each row when (new.key = %L) execute function refuse_effect()', topic);
            end $$
            """
        );
        probe.Behavior.FailOn(topic, new InvalidOperationException("parks it"));
        await probe.PublishOnly(topic, "a");
        await probe.Pump.Run();
        probe.Behavior.Behave();
        await probe.OwnerSql.Execute($"select refuse_effect_for('{topic}')");
        probe.Clock.Advance(TimeSpan.FromSeconds(5));

        await RetryAllThatIsDue();
        (
            await probe.Sql.Value<string>("select attempts || ' ' || error from parked_events where key = $1", topic)
        ).ShouldStartWith("2 ");

        await probe.OwnerSql.Execute("drop trigger refuse_effect on effects");
    }

    [Fact]
    public async Task Leaves_a_command_that_changes_the_row_beside_it_to_begin_anew()
    {
        await using var scope = probe.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProbeDbContext>();
        var stale = await db.Notes.SingleAsync(one => one.Id == note, Cancellation);
        await Save(other => other.Notes.Single(one => one.Id == note).Title += " changed");
        stale.Title += " lost";

        await Should.ThrowAsync<DbUpdateConcurrencyException>(() => db.SaveChangesAsync(Cancellation));
    }

    private async Task RetryAllThatIsDue()
    {
        var retry = probe.NewRetry();
        while (await retry(Cancellation)) { }
    }

    private Task<int> Save(Action<ProbeDbContext> change) =>
        probe.With<ProbeDbContext, int>(db =>
        {
            change(db);
            return db.SaveChangesAsync(Cancellation);
        });

    private static Note NewNote(string title) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            Title = title,
            Times = 1,
        };

    private Task<long> Parked(string topic) =>
        probe.Sql.Value<long>("select count(*) from parked_events where key = $1", topic);
}
