using System.Collections.Concurrent;
using System.Diagnostics;
using BuildingBlocks.Tests.Probe;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.Database;

/// <summary>
/// A SaveChanges that only inserts has no BEGIN and no COMMIT of its own, and is all or nothing still.
/// </summary>
public sealed class InsertBatchesTests(ProbeFixture probe) : IClassFixture<ProbeFixture>, IAsyncLifetime
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        await probe.OwnerSql.Execute(
            """
            create or replace function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
            create or replace trigger refuse_note before insert on notes for each row when (new.title like 'refused note%') execute function refuse();
            create or replace trigger refuse_event before insert on outbox for each row when (new.key like 'refused event%') execute function refuse();
            drop trigger if exists refuse_commit on outbox;
            create constraint trigger refuse_commit after insert on outbox deferrable initially deferred for each row when (new.key like 'refused commit%') execute function refuse()
            """
        );

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Rows_that_are_inserted_together_are_of_one_transaction_that_nobody_began()
    {
        (await SaveWithEvent("together")).ShouldBe(0);

        (
            await probe.Sql.List<bool>(
                "select notes.xmin::text::bigint = outbox.tx_id::text::bigint % 4294967296 from notes join outbox on "
                    + "key = title where title = 'together'"
            )
        ).ShouldBe([true]);
    }

    [Theory]
    [InlineData("refused note")]
    [InlineData("refused event")]
    [InlineData("refused commit")]
    public async Task What_is_refused_at_any_moment_is_not_kept_in_part(string title)
    {
        await Should.ThrowAsync<DbUpdateException>(() => SaveWithEvent(title));

        (await Kept(title)).ShouldBe(0);
        (await SaveWithEvent("after " + title)).ShouldBe(0);
        (await Kept("after " + title)).ShouldBe(2);
    }

    [Fact]
    public async Task What_does_not_fit_into_one_batch_has_a_transaction()
    {
        var titles = Enumerable.Range(0, 1001).Select(number => $"many {number}").ToArray();

        (await Save(db => db.AddRange(titles.Select(title => NewNote(title))))).ShouldBe(1);
        await Should.ThrowAsync<DbUpdateException>(() =>
            Save(db =>
                db.AddRange(titles.Select(title => NewNote("more " + title)).Append(NewNote("refused note last")))
            )
        );

        (await probe.Sql.Value<long>("select count(*) from notes where title like '%many %'")).ShouldBe(1001);
    }

    [Fact]
    public async Task A_row_that_somebody_else_changed_takes_the_event_with_it()
    {
        await SaveWithEvent("contended");

        await Should.ThrowAsync<DbUpdateConcurrencyException>(() =>
            Save(db =>
            {
                var note = db.Notes.Single(note => note.Title == "contended");
                probe
                    .Sql.Execute("update notes set times = times + 1 where title = 'contended'")
                    .GetAwaiter()
                    .GetResult();
                note.Title = "contended and lost";
                db.Publish(new NoteTakenV1("contended and lost", "a"));
            })
        );

        (await Kept("contended and lost")).ShouldBe(0);
    }

    private static Note NewNote(string title) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            Title = title,
            Times = 1,
        };

    private Task<long> Kept(string title) =>
        probe.Sql.Value<long>(
            "select (select count(*) from notes where title = $1) + (select count(*) from outbox where key = $1)",
            title
        );

    private Task<int> SaveWithEvent(string title) =>
        Save(db =>
        {
            db.Add(NewNote(title));
            db.Publish(new NoteTakenV1(title, "a"));
        });

    /// <summary>How many transactions EF Core began for one SaveChanges.</summary>
    private async Task<int> Save(Action<ProbeDbContext> change)
    {
        await using var scope = probe.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProbeDbContext>();
        change(db);
        using TransactionCount begun = new(db);
        await db.SaveChangesAsync(Cancellation);
        return begun.Count;
    }

    private sealed class TransactionCount
        : IObserver<DiagnosticListener>,
            IObserver<KeyValuePair<string, object?>>,
            IDisposable
    {
        private readonly DbContext db;
        private readonly ConcurrentBag<IDisposable> listening = [];

        public TransactionCount(DbContext db)
        {
            this.db = db;
            listening.Add(DiagnosticListener.AllListeners.Subscribe(this));
        }

        public int Count { get; private set; }

        public void OnNext(DiagnosticListener value)
        {
            if (string.Equals(value.Name, DbLoggerCategory.Name, StringComparison.Ordinal))
            {
                listening.Add(value.Subscribe(this));
            }
        }

        public void OnNext(KeyValuePair<string, object?> value) =>
            Count +=
                string.Equals(value.Key, RelationalEventId.TransactionStarted.Name, StringComparison.Ordinal)
                && ReferenceEquals(((DbContextEventData)value.Value!).Context, db)
                    ? 1
                    : 0;

        public void Dispose()
        {
            foreach (var one in listening)
            {
                one.Dispose();
            }
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }
    }
}
