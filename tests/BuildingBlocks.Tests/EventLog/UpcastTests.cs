using BuildingBlocks.EventLog.Events;
using BuildingBlocks.Tests.Database;
using BuildingBlocks.Tests.Probe;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>What was stored in an older version reaches reactions to the newest.</summary>
public sealed class UpcastTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    [Fact]
    public async Task Every_stored_version_is_lifted_to_the_newest_in_order()
    {
        await probe.Save<ProbeDbContext>(db =>
        {
            db.Publish(new TagAddedV1("versions", "red"));
            db.Publish(new TagAddedV2("versions", "green", "dark"));
            db.Publish(new TagAddedV3("versions", ["blue", "black"], "light"));
        });

        (await probe.Effects("versions")).ShouldBe([
            "red colourless, stored as version 1",
            "green dark, stored as version 2",
            "blue+black light, stored as version 3",
        ]);
    }

    [Fact]
    public async Task What_is_stored_stays_as_it_was_written()
    {
        await probe.Save<ProbeDbContext>(db => db.Publish(new TagAddedV1("untouched", "red")));

        var row = (
            await probe.Sql.Rows("select event_version, payload from outbox where key = 'untouched'")
        ).ShouldHaveSingleItem();
        row[0].ShouldBe((short)1);
        row[1].ShouldBe("""{"tag": "red", "topic": "untouched"}""");
    }

    [Fact]
    public void Knows_which_version_an_older_one_is_lifted_to()
    {
        EventCatalog events = new();
        events.Add(typeof(TagAddedV3)).ShouldBeNull();

        events.NewerThan(typeof(TagAddedV1)).ShouldBe(typeof(TagAddedV3));
        events.NewerThan(typeof(TagAddedV2)).ShouldBe(typeof(TagAddedV3));
        events.NewerThan(typeof(TagAddedV3)).ShouldBeNull();
    }
}
