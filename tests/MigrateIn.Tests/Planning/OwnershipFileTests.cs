using MigrateIn.Catalog;
using MigrateIn.Planning;

namespace MigrateIn.Tests.Planning;

public sealed class OwnershipFileTests
{
    [Fact]
    public void What_people_edit_is_read()
    {
        var read = OwnershipFile.Read(
            "ownership.yaml",
            """
            contexts:
              sales: [public.orders, 'public."Order Lines"']   # ours
              empty:
            undecided:
              - {table: public.x, because: "who knows"}
            foreign_keys:
              - name: k
                from: public.orders
                to: public.x
                becomes: "null"
            """
        );

        read.Contexts["sales"].ShouldBe([new TableName("public", "orders"), new TableName("public", "Order Lines")]);
        read.Contexts["empty"].ShouldBeEmpty();
        read.Reference.ShouldBeEmpty();
        read.Undecided.ShouldBe([new UndecidedTable(new("public", "x"), "who knows")]);
        read.ForeignKeys.Single().Becomes.ShouldBe("null");
    }

    [Theory]
    [InlineData("contexts:\n  a: [p.x]\n  b: [p.x]", "o.yaml(3,7): p.x stands here a second time.")]
    [InlineData("contexts:\n  a: [x]", "o.yaml(2,7): 'x' is no schema.table.")]
    [InlineData("context: {}", "o.yaml(1,1): there is no part 'context'.")]
    [InlineData("reference: p.x", "o.yaml(1,12): a list is expected here.")]
    [InlineData("undecided:\n  - table: p.x", "o.yaml(2,5): 'because' is missing.")]
    [InlineData(
        "foreign_keys:\n  - {name: k, from: p.x, to: p.y, becomes: nothing}",
        "o.yaml(2,44): a foreign key becomes restrict, cascade, null or ignore."
    )]
    public void What_is_wrong_is_told_with_its_place(string text, string message) =>
        Should.Throw<RefusedException>(() => OwnershipFile.Read("o.yaml", text)).Message.ShouldBe(message);

    [Theory]
    [InlineData("a: [")]
    [InlineData("")]
    [InlineData("- a")]
    public void What_is_no_such_file_is_refused(string text) =>
        Should.Throw<RefusedException>(() => OwnershipFile.Read("o.yaml", text)).Message.ShouldStartWith("o.yaml(");

    [Theory]
    [InlineData("orders")]
    [InlineData("Order: # 'Lines' \"x\"")]
    [InlineData("tab\tand\nline")]
    [InlineData("größe")]
    public void Any_name_survives_being_written_and_read(string name)
    {
        TableName table = new(name, name);
        LegacyTable legacy = new(table, null, ["id"], [], 0, 0);

        var text = OwnershipFile.Write(
            new(
                new Dictionary<string, IReadOnlyList<TableName>>(StringComparer.Ordinal) { ["c"] = [table] },
                [],
                [],
                [new(name, table, table, "null")]
            ),
            new([legacy], [], [], [], [], [], [])
        );

        var read = OwnershipFile.Read("o.yaml", text);
        read.Contexts["c"].ShouldBe([table]);
        read.ForeignKeys.ShouldBe([new(name, table, table, "null")]);
    }
}
