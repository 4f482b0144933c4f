using BuildingBlocks.Testing.Contracts;
using ContractTests.Samples;

namespace ContractTests;

/// <summary>Every way in which a promise can be broken is seen, named and never written away.</summary>
public sealed class ComparisonTests : IDisposable
{
    private const string Place = "Inventory.Contracts/StockWeighedV1.cs: stock.weighed 1: ";
    private const string WayOut =
        "; stored events and consumers rely on it. Add version 2 instead: docs/guides/event-versions.md";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("contracts-");

    private string Schema => Path.Combine(folder.FullName, "Inventory", "stock.weighed.1.schema.json");

    private string Stored => Path.Combine(folder.FullName, "Inventory", "stock.weighed.1.stored.json");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(typeof(Removed.StockWeighedV1), "member grams was removed")]
    [InlineData(typeof(Renamed.StockWeighedV1), "member grams was removed or renamed to weight")]
    [InlineData(typeof(RenamedOnTheWire.StockWeighedV1), "member grams was removed or renamed to weight")]
    [InlineData(typeof(Hidden.StockWeighedV1), "member grams was removed")]
    [InlineData(typeof(NoLongerNull.StockWeighedV1), "member note may not be null any more")]
    [InlineData(
        typeof(InQuotes.StockWeighedV1),
        "member grams changed from integer (int32) to integer or string (int32)"
    )]
    [InlineData(typeof(Retyped.StockWeighedV1), "member stockId changed from string (uuid) to string")]
    [InlineData(typeof(Retyped.StockWeighedV1), "member sku changed from string to integer (int32)")]
    [InlineData(typeof(Retyped.StockWeighedV1), "member grams changed from integer (int32) to integer (int64)")]
    [InlineData(
        typeof(Retyped.StockWeighedV1),
        "member weighedAt changed from string (date-time) to string (date-time-local)"
    )]
    [InlineData(typeof(Retyped.StockWeighedV1), "member note changed from string to boolean")]
    [InlineData(typeof(Retyped.StockWeighedV1), "member shelf changed from integer (int32) to integer (uint8)")]
    [InlineData(typeof(Retyped.StockWeighedV1), "member scales[] changed from object to string")]
    [InlineData(typeof(Retyped.StockWeighedV1), "member parts{} changed from integer (int32) to integer (int64)")]
    [InlineData(typeof(Retyped.StockWeighedV1), "member estimated changed from boolean to string")]
    [InlineData(typeof(Weakened.StockWeighedV1), "member sku may be null now")]
    [InlineData(typeof(Weakened.StockWeighedV1), "member grams may be null now")]
    [InlineData(typeof(Weakened.StockWeighedV1), "member scales[] may be null now")]
    [InlineData(typeof(Weakened.StockWeighedV1), "member parts{} may be null now")]
    [InlineData(typeof(Weakened.StockWeighedV1), "member note was in every event and may be missing now")]
    [InlineData(typeof(Weakened.StockWeighedV1), "member estimated is true instead of false where it is missing")]
    [InlineData(typeof(Demanding.StockWeighedV1), "member estimated may be missing and is required now")]
    [InlineData(
        typeof(Demanding.StockWeighedV1),
        "member weighedBy was added without a default, so events stored before lack it"
    )]
    [InlineData(
        typeof(OtherValues.StockWeighedV1),
        """member shelf changed its values from {"Upper":0,"Lower":1} to {"Lower":0,"Upper":1}"""
    )]
    public async Task Sees_what_became_of_a_member(Type hasty, string what)
    {
        await Publish(typeof(Published.StockWeighedV1));

        In(hasty).Breaks().ShouldContain(Place + what + WayOut, StringComparer.Ordinal);
        await RefusesToWrite(hasty);
    }

    [Fact]
    public async Task Names_the_record_that_a_member_stands_in()
    {
        await Publish(typeof(Published.StockWeighedV1));

        In(typeof(WithinARecord.StockWeighedV1))
            .Breaks()
            .Where(line => line.StartsWith("Inventory.Contracts/Scale.cs: stock.weighed 1: ", StringComparison.Ordinal))
            .ShouldBe([
                "Inventory.Contracts/Scale.cs: stock.weighed 1: member scales[].readings changed from integer (int32) "
                    + "to number (decimal)"
                    + WayOut,
                "Inventory.Contracts/Scale.cs: stock.weighed 1: member scales[].maker was added without a default, so "
                    + "events stored before lack it"
                    + WayOut,
            ]);
    }

    [Fact]
    public async Task Lets_optional_members_be_added_and_has_them_written_down()
    {
        await Publish(typeof(Published.StockWeighedV1));
        var stored = await File.ReadAllTextAsync(Stored, TestContext.Current.CancellationToken);
        var additive = In(typeof(Additive.StockWeighedV1));

        additive.Breaks().ShouldBeEmpty();
        additive
            .Stale()
            .ShouldHaveSingleItem()
            .ShouldBe(
                Place
                    + "member scales[].drift was added, member weighedBy was added, member room was added, which "
                    + "docs/contracts/Inventory/stock.weighed.1.schema.json does not know yet. "
                    + "Write it down with CONTRACTS_UPDATE=1 dotnet test tests/ContractTests"
            );

        (await Refresh(additive)).ShouldBeEmpty();
        additive.Stale().ShouldBeEmpty();
        (await File.ReadAllTextAsync(Stored, TestContext.Current.CancellationToken)).ShouldBe(stored);
        In(typeof(Published.StockWeighedV1))
            .Breaks()
            .ShouldContain(Place + "member weighedBy was removed" + WayOut, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Lets_rules_be_added_and_become_stricter_but_not_weaker()
    {
        await Publish(typeof(Published.StockWeighedV1));
        var ruled = In(typeof(Ruled.StockWeighedV1));
        ruled.Breaks().ShouldBeEmpty();
        ruled
            .Stale()
            .ShouldHaveSingleItem()
            .ShouldContain("member grams is held to minimum 1, member grams is held to maximum 1000, ");
        (await Refresh(ruled)).ShouldBeEmpty();

        In(typeof(RuledMore.StockWeighedV1)).Breaks().ShouldBeEmpty();
        In(typeof(RuledLess.StockWeighedV1))
            .Breaks()
            .ShouldBe([
                Place + "member grams changed its maximum from 1000 to 2000" + WayOut,
                Place + "member scales changed its minItems from 1 to unset" + WayOut,
            ]);
    }

    [Fact]
    public async Task Has_stored_events_keep_the_rules_too()
    {
        await Publish(typeof(Published.StockWeighedV1));

        In(typeof(RuledOut.StockWeighedV1))
            .Breaks()
            .ShouldHaveSingleItem()
            .ShouldContain("'payload.grams' must be 2 to 1000.");
        await RefusesToWrite(typeof(RuledOut.StockWeighedV1));
    }

    [Fact]
    public async Task Minds_neither_order_nor_words_nor_which_list_it_is()
    {
        await Publish(typeof(Published.StockWeighedV1));

        In(typeof(Same.StockWeighedV1)).Breaks().ShouldBeEmpty();
        In(typeof(Same.StockWeighedV1))
            .Stale()
            .ShouldHaveSingleItem()
            .ShouldContain("is out of date in what it tells of the event");
    }

    [Theory]
    [InlineData(
        typeof(OtherName.StockWeighedV1),
        "is stock.measured 1 on the wire now, but stored events and consumers know it as stock.weighed 1. Restore "
            + "name and version, and add what is new beside it"
    )]
    [InlineData(
        typeof(OtherVersion.StockWeighedV1),
        "is stock.weighed 2 on the wire now, but stored events and consumers know it as stock.weighed 1. Restore name "
            + "and version, and add what is new beside it"
    )]
    [InlineData(
        typeof(OtherEvent.StockCountedV1),
        "was removed, but stored events have this version and consumers may read it. Restore the record, or retire "
            + "the version"
    )]
    public async Task Sees_that_a_version_is_gone(Type hasty, string what)
    {
        await Publish(typeof(Published.StockWeighedV1));

        In(hasty).Breaks().ShouldContain($"{Place}{what}: docs/guides/event-versions.md", StringComparer.Ordinal);
        await RefusesToWrite(hasty);
    }

    [Fact]
    public async Task Says_what_to_delete_when_a_module_was_deleted()
    {
        await Publish(typeof(Published.StockWeighedV1));

        In(_ => false)
            .Breaks()
            .ShouldHaveSingleItem()
            .ShouldBe(
                "docs/contracts/Inventory: module Inventory is gone, but what it published is still promised here "
                    + "(stock.weighed 1). "
                    + "If the module was deleted for good, delete docs/contracts/Inventory too and run "
                    + "CONTRACTS_UPDATE=1 dotnet test tests/ContractTests"
            );
    }

    [Fact]
    public async Task Sees_that_an_event_has_moved_to_another_module()
    {
        await Publish(typeof(Published.StockWeighedV1));
        PublishedContracts moved = new(
            folder.FullName,
            "docs/contracts",
            [EventContract.Of("Shipping", folder.FullName, typeof(Published.StockWeighedV1))],
            _ => true
        );

        moved
            .Breaks()
            .ShouldContain(line =>
                line.StartsWith(
                    "Shipping.Contracts/StockWeighedV1.cs: stock.weighed 1: is published by Shipping, but "
                        + "docs/contracts/Inventory/",
                    StringComparison.Ordinal
                )
            );
        (await Refresh(moved)).ShouldNotBeEmpty();
    }

    [Fact]
    public void Sees_two_events_of_one_wire_name()
    {
        PublishedContracts two = new(
            folder.FullName,
            "docs/contracts",
            [
                EventContract.Of("Inventory", folder.FullName, typeof(Published.StockWeighedV1)),
                EventContract.Of("Shipping", folder.FullName, typeof(Removed.StockWeighedV1)),
                EventContract.Of("Shipping", folder.FullName, typeof(Next.StockWeighedV2)),
            ],
            _ => true
        );

        two.Breaks()
            .ShouldContain(
                "Shipping.Contracts/StockWeighedV1.cs: stock.weighed 1: Inventory.Contracts/StockWeighedV1.cs has the "
                    + "same wire name and version, so consumers could not tell them apart. "
                    + "Give one another name or version: docs/guides/event-versions.md",
                StringComparer.Ordinal
            );
        two.Breaks()
            .ShouldContain(
                "Shipping.Contracts/StockWeighedV2.cs: stock.weighed 2: the wire name stock.weighed belongs to module "
                    + "Inventory (Inventory.Contracts/StockWeighedV1.cs). "
                    + "Give this event a name of its own: docs/guides/event-versions.md",
                StringComparer.Ordinal
            );
    }

    [Fact]
    public void Sees_what_no_schema_describes()
    {
        var wrong = In(typeof(Converted.StockTaggedV1)).Breaks();

        wrong.Count.ShouldBe(2);
        wrong[0]
            .ShouldStartWith(
                "Inventory.Contracts/StockTaggedV1.cs: stock.tagged 1: member tag is written by a converter of its "
                    + "own or is any object"
            );
        wrong[1].ShouldContain("member anything ");
    }

    [Fact]
    public void Asks_for_a_new_version_to_be_written_down() =>
        In(typeof(Published.StockWeighedV1))
            .Stale()
            .ShouldHaveSingleItem()
            .ShouldBe(
                Place
                    + "is not in docs/contracts/Inventory/stock.weighed.1.schema.json yet. Write it down with "
                    + "CONTRACTS_UPDATE=1 dotnet test tests/ContractTests"
            );

    [Fact]
    public async Task Asks_for_a_stored_event_that_is_missing()
    {
        await Publish(typeof(Published.StockWeighedV1));
        File.Delete(Stored);

        In(typeof(Published.StockWeighedV1))
            .Stale()
            .ShouldHaveSingleItem()
            .ShouldContain("has no stored event in docs/contracts/Inventory/stock.weighed.1.stored.json");
    }

    [Fact]
    public async Task Is_not_fooled_by_a_schema_that_is_thrown_away_to_be_written_anew()
    {
        await Publish(typeof(Published.StockWeighedV1));
        File.Delete(Schema);

        var wrong = In(typeof(Renamed.StockWeighedV1)).Breaks();

        wrong.ShouldContain(line =>
            line.StartsWith(
                "docs/contracts/Inventory/stock.weighed.1.stored.json: stock.weighed 1: was published, but its schema",
                StringComparison.Ordinal
            )
        );
        wrong.ShouldContain(line =>
            line.Contains(
                "the stored event docs/contracts/Inventory/stock.weighed.1.stored.json cannot be read any more (",
                StringComparison.Ordinal
            )
        );
        (await Refresh(In(typeof(Renamed.StockWeighedV1)))).ShouldNotBeEmpty();
        File.Exists(Schema).ShouldBeFalse();
    }

    [Theory]
    [InlineData(typeof(Retyped.StockWeighedV1), "cannot be read any more (")]
    [InlineData(typeof(Hidden.StockWeighedV1), "loses the value of grams when it is read")]
    [InlineData(typeof(OtherKey.StockWeighedV1), "has the key ")]
    public async Task Reads_what_was_stored(Type hasty, string what)
    {
        await Publish(typeof(Published.StockWeighedV1));

        In(hasty)
            .Breaks()
            .ShouldContain(line =>
                line.StartsWith(
                    $"{Place}the stored event docs/contracts/Inventory/stock.weighed.1.stored.json {what}",
                    StringComparison.Ordinal
                )
            );
    }

    [Fact]
    public async Task Lifts_what_was_stored_to_the_newest_version()
    {
        await Publish(typeof(Published.StockWeighedV1));

        In(typeof(Published.StockWeighedV1), typeof(Next.StockWeighedV2)).Breaks().ShouldBeEmpty();
        In(typeof(Published.StockWeighedV1), typeof(NotLifted.StockWeighedV2))
            .Breaks()
            .ShouldHaveSingleItem()
            .ShouldContain("is not lifted to version 2; let every version implement IUpcast");
        In(typeof(Published.StockWeighedV1), typeof(LiftedElsewhere.StockWeighedV2))
            .Breaks()
            .ShouldHaveSingleItem()
            .ShouldContain("when it is lifted, and had ");
    }

    [Fact]
    public async Task Proposes_the_version_after_the_newest()
    {
        await Publish(typeof(Published.StockWeighedV1), typeof(Next.StockWeighedV2));

        In(typeof(Removed.StockWeighedV1), typeof(NotLifted.StockWeighedV2))
            .Breaks()
            .ShouldContain(line =>
                line.EndsWith(
                    "member grams was removed; stored events and consumers rely on it. Add version 3 instead: "
                        + "docs/guides/event-versions.md",
                    StringComparison.Ordinal
                )
            );
    }

    private PublishedContracts In(params Type[] code) =>
        new(
            folder.FullName,
            "docs/contracts",
            [.. code.Select(type => EventContract.Of("Inventory", folder.FullName, type))],
            _ => true
        );

    private PublishedContracts In(Func<string, bool> isModule) => new(folder.FullName, "docs/contracts", [], isModule);

    private async Task Publish(params Type[] code) => (await Refresh(In(code))).ShouldBeEmpty();

    private async Task RefusesToWrite(Type hasty)
    {
        var before = await File.ReadAllTextAsync(Schema, TestContext.Current.CancellationToken);
        (await Refresh(In(hasty))).ShouldNotBeEmpty();
        (await File.ReadAllTextAsync(Schema, TestContext.Current.CancellationToken)).ShouldBe(before);
        folder.EnumerateFiles("*", SearchOption.AllDirectories).Count().ShouldBe(2);
    }

    private static Task<IReadOnlyList<string>> Refresh(PublishedContracts published) =>
        published.Refresh(_ => "inventory", Task.FromResult);
}
