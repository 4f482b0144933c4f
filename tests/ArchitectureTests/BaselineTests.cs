using BuildingBlocks.Testing.Architecture;

namespace ArchitectureTests;

/// <summary>The list of known violations only gets shorter.</summary>
public sealed class BaselineTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Lets_known_violations_pass_and_new_ones_not()
    {
        File.WriteAllText(path, "# known\n\nacross-modules | Orders.A -> Inventory.B | goes with the next release\n");

        var wrong = Baseline
            .Read(path)
            .Compare(
                [Found("Orders", "Orders.A", "Inventory.B"), Found("Orders", "Orders.New", "Inventory.B")],
                mostKnown: 1
            );

        wrong.ShouldHaveSingleItem().ShouldStartWith("Orders.New -> Inventory.B");
    }

    [Fact]
    public void Fails_on_an_entry_that_is_mended_but_still_listed() =>
        Compared("across-modules | Orders.A -> Inventory.B | old", []).ShouldContain("is no longer there");

    [Fact]
    public void Fails_when_it_grows() =>
        Baseline
            .Read(Written("across-modules | Orders.A -> Inventory.B | old"))
            .Compare([Found("Orders", "Orders.A", "Inventory.B")], mostKnown: 0)
            .ShouldHaveSingleItem()
            .ShouldContain("more than the 0 there may be");

    [Fact]
    public void Allows_none_in_a_strict_module() =>
        Baseline
            .Read(Written("across-modules | Orders.A -> Inventory.B | old"))
            .Compare([Found("Orders", "Orders.A", "Inventory.B")], mostKnown: 1, "Orders")
            .ShouldHaveSingleItem()
            .ShouldContain("Orders is strict");

    [Theory]
    [InlineData("across-modules | Orders.A -> Inventory.B")]
    [InlineData("across-modules | Orders.A -> Inventory.B | ")]
    [InlineData("across-modules | Orders.A | because")]
    [InlineData("Orders.A")]
    public void Refuses_an_entry_without_a_reason_or_a_place(string line) =>
        Should
            .Throw<InvalidDataException>(() => Baseline.Read(Written(line)))
            .Message.ShouldContain("(1): an entry is 'rule | place -> target | reason'");

    [Fact]
    public void Refuses_an_entry_that_is_there_twice() =>
        Should
            .Throw<InvalidDataException>(() => Baseline.Read(Written("r | A -> B | one\nr | A -> B | two")))
            .Message.ShouldContain("listed twice");

    private string Compared(string file, IReadOnlyList<Violation> found) =>
        Baseline.Read(Written(file)).Compare(found, mostKnown: 9).ShouldHaveSingleItem();

    private string Written(string text)
    {
        File.WriteAllText(path, text);
        return path;
    }

    private static Violation Found(string module, string place, string target) =>
        new("across-modules", module, place, target, "it is wrong.");
}
