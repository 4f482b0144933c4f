using OnlineRetail;

namespace Host.Tests.OnlineRetail;

public sealed class CsvReaderTests
{
    [Fact]
    public async Task Reads_fields_as_RFC_4180_quotes_them()
    {
        var rows = await ReadAsync("a,\"b, \"\"c\"\"\",\r\n\"two\nlines\",,x\"y\n\"\",\"\"\"\",last");

        rows.Select(row => row.Fields)
            .ShouldBe([
                ["a", "b, \"c\"", ""],
                ["two\nlines", "", "x\"y"],
                ["", "\"", "last"],
            ]);
        rows.Select(row => row.Line).ShouldBe([1, 2, 4]);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("\n", 1)]
    [InlineData("a", 1)]
    [InlineData("a\n", 1)]
    [InlineData("a\nb", 2)]
    [InlineData("\"never closed\na\nb", 1)]
    public async Task A_last_line_needs_no_line_feed(string text, int rows) =>
        (await ReadAsync(text)).Count.ShouldBe(rows);

    [Fact]
    public async Task Reads_the_same_however_the_text_arrives()
    {
        var text = string.Concat(
            Enumerable.Range(0, 5000).Select(number => $"{number},\"quoted \"\"{number}\"\"\",\"\"\n")
        );

        var rows = await ReadAsync(text, portion: 7);

        rows.Count.ShouldBe(5000);
        rows.Select((row, number) => (row, number))
            .ShouldAllBe(one => one.row.Fields[1] == $"quoted \"{one.number}\"" && one.row.Fields.Length == 3);
    }

    [Fact]
    public async Task Refuses_a_row_that_never_ends() =>
        (
            await Should.ThrowAsync<FormatException>(() => ReadAsync($"a\n\"{new string('x', 70_000)}"))
        ).Message.ShouldContain("line 2");

    private static async Task<List<(long Line, string[] Fields)>> ReadAsync(string text, int portion = int.MaxValue)
    {
        CsvReader reader = new(new Portions(text, portion));
        List<(long, string[])> rows = [];
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add((reader.Line, reader.Fields()));
        }

        return rows;
    }

    private sealed class Portions(string text, int portion) : StringReader(text)
    {
        public override ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(portion, buffer.Length)], cancellationToken);
    }
}
