using System.Runtime.CompilerServices;

namespace OnlineRetail;

/// <summary>
/// The file's rows put together to invoices. A first reading counts each invoice's rows, so that later ones know when
/// an invoice is complete and hold in memory only those that are not, however the file is sorted.
/// </summary>
internal sealed class OnlineRetailInvoices
{
    private readonly OnlineRetailFile file;
    private readonly Dictionary<string, int> rowsOfInvoices;

    private OnlineRetailInvoices(OnlineRetailFile file, Dictionary<string, int> rowsOfInvoices, long rows) =>
        (this.file, this.rowsOfInvoices, Rows) = (file, rowsOfInvoices, rows);

    /// <summary>How many rows the file has, without the header.</summary>
    public long Rows { get; }

    /// <summary>Reads the file once to its end, which also shows whether it is whole.</summary>
    /// <param name="file">The file.</param>
    /// <param name="read">Is told now and then how many rows were read.</param>
    public static async Task<OnlineRetailInvoices> CountAsync(
        OnlineRetailFile file,
        Action<long> read,
        CancellationToken cancellationToken
    )
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        var byNumber = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        var rows = 0L;
        await foreach (var row in file.RowsAsync(cancellationToken))
        {
            byNumber[row[0]] = byNumber.TryGetValue(row[0], out var before) ? before + 1 : 1;
            Tell(read, ++rows);
        }

        read(rows);
        return new(file, counts, rows);
    }

    /// <summary>Each invoice once all its rows are read.</summary>
    /// <param name="reject">Is told of each row that cannot be read at all.</param>
    /// <param name="read">Is told now and then how many rows were read.</param>
    public async IAsyncEnumerable<IReadOnlyList<OnlineRetailLine>> ReadAsync(
        Func<CsvReader, RejectReason, ValueTask> reject,
        Action<long> read,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        Dictionary<string, (int Missing, List<OnlineRetailLine> Lines)> open = new(StringComparer.Ordinal);
        var byNumber = open.GetAlternateLookup<ReadOnlySpan<char>>();
        var rows = 0L;
        await foreach (var row in file.RowsAsync(cancellationToken))
        {
            Tell(read, ++rows);
            if (!byNumber.TryGetValue(row[0], out var invoice))
            {
                invoice = (rowsOfInvoices.GetValueOrDefault(row[0].ToString()), []);
            }

            if (OnlineRetailLine.Read(row) is { } line)
            {
                invoice.Lines.Add(line);
            }
            else
            {
                await reject(row, RejectReason.Unreadable);
            }

            if (--invoice.Missing > 0)
            {
                byNumber[row[0]] = invoice;
                continue;
            }

            byNumber.Remove(row[0]);
            if (invoice.Lines.Count > 0)
            {
                yield return invoice.Lines;
            }
        }

        read(rows);
    }

    private static void Tell(Action<long> read, long rows)
    {
        const int Often = 1_000;
        if (rows % Often == 0)
        {
            read(rows);
        }
    }
}
