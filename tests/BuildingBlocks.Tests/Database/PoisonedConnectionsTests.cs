using System.Text.RegularExpressions;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.Tests.Probe;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace BuildingBlocks.Tests.Database;

/// <summary>A statement whose values PostgreSQL refuses spoils nothing for whoever executes it next.</summary>
public sealed class PoisonedConnectionsTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    // A statement is prepared with its fifth execution; so each of these is the fifth on some connection.
    private const int Rounds = 30;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_query_with_text_that_cannot_be_stored_leaves_the_next_one_alone()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await Should.ThrowAsync<PostgresException>(() => Titles("nul \0"));
            (await Titles("nobody has this title")).ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_query_that_computes_what_cannot_be_computed_leaves_the_next_one_alone()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await Should.ThrowAsync<PostgresException>(() => Quotient(0));
            (await Quotient(1)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_change_that_is_refused_behind_another_leaves_the_next_one_alone()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await Should.ThrowAsync<DbUpdateException>(() => Keep("nul \0"));
            await Keep($"kept {round}");
        }
    }

    [Fact]
    public async Task A_reaction_with_sql_of_its_own_leaves_the_next_one_alone()
    {
        probe.Behavior.OnNote = async (note, cancellation) =>
        {
            await using var scope = probe.Services.CreateAsyncScope();
            await using var command = scope
                .ServiceProvider.GetRequiredService<ModuleDataSources>()
                .Of("probe")
                .CreateCommand("select $1 as spoilt");
            command.Parameters.Add(new() { Value = note.Text.Replace("nul", "\0", StringComparison.Ordinal) });
            await command.ExecuteScalarAsync(cancellation);
        };

        for (var round = 0; round < Rounds; round++)
        {
            await probe.PublishOnly($"spoilt {round}", "nul");
            await probe.PublishOnly($"well {round}", "text");
            await probe.Pump.Run();
            (await probe.Effects($"well {round}")).ShouldBe(["text"]);
        }

        probe.Behavior.Behave();
    }

    [Fact]
    public async Task A_failure_whose_message_cannot_be_stored_is_parked_all_the_same()
    {
        probe.Behavior.FailOn("unreadable", new InvalidOperationException("half \ud800 and nul \0"));
        await probe.PublishOnly("unreadable", "a");
        await probe.Pump.Run();
        await probe.Advance(TimeSpan.FromMinutes(1));

        var parked = await probe.Sql.Rows("select attempts, error from parked_events where key = $1", "unreadable");

        parked.ShouldHaveSingleItem()[0].ShouldBe(2);
        ((string)parked[0][1]!).ShouldContain("half \ufffd and nul \ufffd");
        probe.Behavior.Behave();
    }

    // Escaped, for an attribute cannot hold half a pair.
    [Theory]
    [InlineData("plain", true)]
    [InlineData("", true)]
    [InlineData(@"a whole pair \ud83d\ude00 and on", true)]
    [InlineData(@"nul \u0000", false)]
    [InlineData(@"\ud83d", false)]
    [InlineData(@"\ude00\ud83d", false)]
    [InlineData(@"\ud83d\ude00 \ud83d.", false)]
    public void Tells_what_text_can_be_stored(string escaped, bool canBe)
    {
        var text = Regex.Unescape(escaped);

        StorableText.Is(text).ShouldBe(canBe);
        StorableText.Is(StorableText.Of(text)).ShouldBeTrue();
    }

    private Task<int> Titles(string title) =>
        probe.With<ProbeDbContext, int>(db => db.Notes.CountAsync(note => note.Title == title, Cancellation));

    private Task<int> Quotient(int divisor) =>
        probe.With<ProbeDbContext, int>(db =>
            db.Database.SqlQuery<int>($"select 1 / {divisor} as \"Value\"").SingleAsync(Cancellation)
        );

    private Task<int> Keep(string title) =>
        probe.With<ProbeDbContext, int>(db =>
        {
            // Both answer a row: one its id, the other its version.
            db.Add(
                new Effect
                {
                    EventId = Guid.CreateVersion7(),
                    Key = "kept",
                    Text = "text",
                    CorrelationId = "kept",
                }
            );
            db.Add(
                new Note
                {
                    Id = Guid.CreateVersion7(),
                    Title = title,
                    Times = 1,
                }
            );
            return db.SaveChangesAsync(Cancellation);
        });
}
