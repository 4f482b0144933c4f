using System.Globalization;
using System.Text;

namespace BuildingBlocks.Modules;

/// <summary>
/// One row of a CSV file that is embedded beside the class that loads it: comma-separated, quoted as RFC 4180 says,
/// UTF-8, the first line naming the columns.
/// </summary>
public sealed class DemoCsv
{
    private readonly IReadOnlyDictionary<string, int> columns;
    private readonly IReadOnlyList<string> cells;

    private DemoCsv(IReadOnlyDictionary<string, int> columns, IReadOnlyList<string> cells) =>
        (this.columns, this.cells) = (columns, cells);

    /// <summary>The cell of a column, empty when nothing stands there.</summary>
    /// <exception cref="KeyNotFoundException">The file has no such column.</exception>
    public string this[string column] => cells[columns[column]];

    /// <summary>The cell of a column, as a whole number.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public long Number(string column) => long.Parse(this[column], CultureInfo.InvariantCulture);

    /// <summary>Reads a file that is embedded in the folder of <typeparamref name="TBeside"/>.</summary>
    /// <typeparam name="TBeside">Its namespace is the folder's.</typeparam>
    /// <exception cref="InvalidDataException">There is no such file, or a row has more or fewer cells than there are
    /// columns.</exception>
    public static IReadOnlyList<DemoCsv> Read<TBeside>(string file)
    {
        using var stream = typeof(TBeside).Assembly.GetManifestResourceStream(typeof(TBeside), file)
            ?? throw new InvalidDataException($"{file} is not embedded beside {typeof(TBeside).FullName}.");
        using StreamReader reader = new(stream, Encoding.UTF8);
        return Parse(file, reader.ReadToEnd());
    }

    internal static IReadOnlyList<DemoCsv> Parse(string file, string text)
    {
        var lines = Lines(text).ToList();
        var header = lines[0]
            .Select((name, index) => (name, index))
            .ToDictionary(column => column.name, column => column.index, StringComparer.Ordinal);
        return lines.Find(line => line.Count != header.Count) is { } odd
            ? throw new InvalidDataException(
                $"{file} has {header.Count} columns, but the row '{string.Join(',', odd)}' has {odd.Count} cells."
            )
            : [.. lines.Skip(1).Select(cells => new DemoCsv(header, cells))];
    }

    private static IEnumerable<List<string>> Lines(string text)
    {
        List<string> line = [];
        StringBuilder cell = new();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"' when quoted && i + 1 < text.Length && text[i + 1] == '"':
                    cell.Append('"');
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    line.Add(cell.ToString());
                    cell.Clear();
                    break;
                case '\r' when !quoted:
                    break;
                case '\n' when !quoted:
                    line.Add(cell.ToString());
                    cell.Clear();
                    yield return line;
                    line = [];
                    break;
                default:
                    cell.Append(text[i]);
                    break;
            }
        }

        if (line.Count > 0 || cell.Length > 0)
        {
            line.Add(cell.ToString());
            yield return line;
        }
    }
}
