using BuildingBlocks.Modules;

namespace BuildingBlocks.Tests.Modules;

public sealed class DemoCsvTests
{
    [Fact]
    public void Reads_quoted_commas_quotes_and_line_breaks()
    {
        var row = DemoCsv
            .Parse("a.csv", "name,note\n\"Smith, John\",\"said \"\"hi\"\"\nand left\"\n")
            .ShouldHaveSingleItem();

        row["name"].ShouldBe("Smith, John");
        row["note"].ShouldBe("said \"hi\"\nand left");
    }

    [Fact]
    public void Reads_empty_cells_line_ends_of_windows_and_a_last_line_without_one()
    {
        var rows = DemoCsv.Parse("a.csv", "name,count\r\n,1\r\nx,20");

        rows.Select(row => (row["name"], row.Number("count"))).ShouldBe([("", 1), ("x", 20)]);
    }

    [Fact]
    public void Refuses_a_row_that_lacks_a_cell() =>
        Should
            .Throw<InvalidDataException>(() => DemoCsv.Parse("a.csv", "a,b\n1,2\n3\n"))
            .Message.ShouldBe("a.csv has 2 columns, but the row '3' has 1 cells.");

    [Fact]
    public void Says_which_file_is_missing() =>
        Should
            .Throw<InvalidDataException>(() => DemoCsv.Read<DemoCsvTests>("none.csv"))
            .Message.ShouldContain("none.csv");
}
