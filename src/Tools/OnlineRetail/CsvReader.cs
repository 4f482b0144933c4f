namespace OnlineRetail;

/// <summary>
/// Reads comma-separated text as RFC 4180 quotes it, one row at a time and in the memory of one row. Not thread-safe.
/// </summary>
internal sealed class CsvReader(TextReader text)
{
    /// <summary>A longer row is none: a quote was never closed, or the file is of another kind.</summary>
    private const int LongestRow = 64 * 1024;

    private readonly char[] buffer = new char[32 * 1024];
    private readonly char[] row = new char[LongestRow];
    private readonly List<int> ends = [];
    private int at,
        length,
        filled;
    private long lines;
    private bool quoted,
        escaping,
        begun;

    /// <summary>The line of the file on which the row begins, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>How many fields the row has.</summary>
    public int Count => ends.Count;

    /// <summary>A field of the row, unquoted; valid until the next row is read.</summary>
    public ReadOnlySpan<char> this[int field]
    {
        get
        {
            var start = field == 0 ? 0 : ends[field - 1];
            return row.AsSpan(start, ends[field] - start);
        }
    }

    /// <summary>All fields of the row.</summary>
    public string[] Fields() => [.. Enumerable.Range(0, Count).Select(field => this[field].ToString())];

    /// <summary>Goes to the next row; false after the last.</summary>
    /// <exception cref="FormatException">The row is longer than any row can be.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        (filled, quoted, escaping, begun) = (0, false, false, false);
        ends.Clear();
        Line = lines + 1;
        while (true)
        {
            if (at == length)
            {
                (at, length) = (0, await text.ReadAsync(buffer, cancellationToken));
                if (length == 0)
                {
                    // A last line without its line feed is a row all the same.
                    return begun && EndRow();
                }
            }

            if (Consume())
            {
                return true;
            }
        }
    }

    /// <summary>Takes characters from the buffer until it is empty or a row is complete.</summary>
    private bool Consume()
    {
        while (at < length)
        {
            var character = buffer[at++];
            lines += character == '\n' ? 1 : 0;
            begun = true;
            if (quoted && !escaping)
            {
                escaping = character == '"';
                if (!escaping)
                {
                    Add(character);
                }
            }
            else if (escaping && character == '"')
            {
                // A doubled quote inside quotes.
                escaping = false;
                Add(character);
            }
            else
            {
                // A quote inside quotes that is not doubled has ended them.
                (quoted, escaping) = (quoted && !escaping, false);
                if (character == '\n')
                {
                    return EndRow();
                }

                Unquoted(character);
            }
        }

        return false;
    }

    private void Unquoted(char character)
    {
        switch (character)
        {
            case '"' when filled == (ends.Count == 0 ? 0 : ends[^1]):
                quoted = true;
                break;
            case ',':
                ends.Add(filled);
                break;
            case '\r':
                break;
            default:
                Add(character);
                break;
        }
    }

    private void Add(char character)
    {
        if (filled == LongestRow)
        {
            throw new FormatException($"line {Line} goes on for more than {LongestRow} characters");
        }

        row[filled++] = character;
    }

    private bool EndRow()
    {
        ends.Add(filled);
        return true;
    }
}
