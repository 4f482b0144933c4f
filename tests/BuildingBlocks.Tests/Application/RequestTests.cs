using BuildingBlocks.Application;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Database;
using BuildingBlocks.Tests.Probe;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BuildingBlocks.Tests.Application;

/// <summary>What a request meets on its way to its handler and back.</summary>
public sealed class RequestTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reports_all_faults_at_once_by_the_path_in_the_JSON_and_stores_nothing()
    {
        var result = await probe.Send(new TakeNote(Title: "", Times: 11, [new("fine"), new("")]));

        result.BlamedFields().ShouldBe(["lines[1].text", "times", "title"]);
        result.Error!.Kind.ShouldBe(ErrorKind.Invalid);
        (await probe.Sql.Value<long>("select count(*) from notes where times = 11")).ShouldBe(0);
    }

    [Fact]
    public async Task Tells_of_each_field_its_first_fault_only()
    {
        var refusal = (await probe.Send(new TakeNote(Title: null!, Times: 1))).RefusedWith("request.invalid");

        refusal.Fields["title"].Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_single_fault_has_the_code_that_its_rule_named()
    {
        var refusal = (await probe.Send(new TakeNote("fine", Times: 11))).RefusedWith("probe.times-out-of-range");

        refusal.Kind.ShouldBe(ErrorKind.Invalid);
        refusal.Fields["times"].ShouldBe([refusal.Detail]);
    }

    [Fact]
    public async Task Does_what_is_valid_and_publishes_in_the_same_transaction()
    {
        var taken = (await probe.Send(new TakeNote("valid", Times: 2))).Succeeded();

        (
            await probe.With<ProbeDbContext, Note>(db => db.Notes.SingleAsync(note => note.Id == taken.NoteId))
        ).Times.ShouldBe(2);
        (await probe.Published<NoteTakenV1>()).ShouldContain(new NoteTakenV1(taken.NoteId.ToString(), "valid"));
    }

    [Fact]
    public async Task A_violated_constraint_becomes_the_refusal_the_module_named_for_it()
    {
        (await probe.Send(new TakeNote("taken twice", Times: 1))).Succeeded();
        var before = (await probe.Published<NoteTakenV1>()).Count;

        (await probe.Send(new TakeNote("taken twice", Times: 1))).RefusedWith("probe.title-taken");

        (await probe.Published<NoteTakenV1>()).Count.ShouldBe(before, "The refused request must not have published.");
    }

    [Fact]
    public async Task Of_two_commands_that_add_the_same_row_at_once_the_second_begins_anew_and_finds_it()
    {
        var customer = Guid.CreateVersion7();
        await using var connection = await probe.OwnerSql.Connections.OpenConnectionAsync(Cancellation);
        await using var others = await connection.BeginTransactionAsync(Cancellation);
        await using (NpgsqlCommand readOnly = new("lock table balances in share mode", connection))
        {
            // Both find no row, and neither can add one before the other has looked.
            await readOnly.ExecuteNonQueryAsync(Cancellation);
        }

        var both = Task.WhenAll(
            probe.Send(new GivePoints(customer, Points: 3)),
            probe.Send(new GivePoints(customer, Points: 4))
        );
        await Eventually.Holds(async () =>
            both.IsCompleted
            || await probe.AdministratorSql.Value<long>(
                """
                select count(*) from pg_locks
                where not granted and relation = 'probe.balances'::regclass
                  and database = (select oid from pg_database where datname = current_database())
                """
            ) == 2
        );
        await others.RollbackAsync(Cancellation);

        foreach (var given in await both)
        {
            given.Succeeded();
        }

        (await probe.Sql.Value<long>("select points from balances where customer_id = $1", customer)).ShouldBe(7);
        (await probe.Published<NoteTakenV1>())
            .Where(note => string.Equals(note.Topic, $"{customer}", StringComparison.Ordinal))
            .Select(note => note.Text)
            .ShouldBe(["3 points", "4 points"], ignoreOrder: true);
    }

    [Fact]
    public void A_result_is_its_answer_or_its_refusal()
    {
        Result<int> answered = 3;
        Result<int> refused = NoteErrors.TitleTaken;

        answered.Failed(out var none, out var answer).ShouldBeFalse();
        (none, answer).ShouldBe((null, 3));
        refused.Failed(out var refusal, out _).ShouldBeTrue();
        refusal.ShouldBe(NoteErrors.TitleTaken);
    }

    [Fact]
    public void A_result_without_answer_is_done_or_refused()
    {
        Result refused = NoteErrors.TitleTaken;

        Result.Done.Failed(out _).ShouldBeFalse();
        refused.Failed(out var refusal).ShouldBeTrue();
        refusal.ShouldBe(NoteErrors.TitleTaken);
    }

    [Fact]
    public void A_refusal_can_blame_one_field() =>
        NoteErrors.TitleTaken.At("title").Fields["title"].ShouldBe([NoteErrors.TitleTaken.Detail]);
}
