using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using BuildingBlocks.EventLog.Hosting;

namespace OnlineRetail;

/// <summary>The file as it is handed over; read from its beginning as often as it is asked for.</summary>
internal sealed class OnlineRetailFile(string path)
{
    private const string Expected = "a gzip-compressed CSV file (.csv.gz), whose first line is";

    // What another encoding would do to names is not to go unnoticed.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static IReadOnlyList<string> Columns { get; } =
    ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"];

    public string Path => path;

    /// <summary>Its rows without the header; each is overwritten by the next.</summary>
    /// <exception cref="StartupException">It is not what it should be; says what is wrong and what to do.</exception>
    public async IAsyncEnumerable<CsvReader> RowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var file = Open();
        await using GZipStream unpacked = new(file, CompressionMode.Decompress);
        using StreamReader text = new(unpacked, Utf8, detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024);
        CsvReader rows = new(text);
        if (!await NextAsync(rows, cancellationToken))
        {
            throw Wrong($"{path} is empty.");
        }

        if (!rows.Fields().SequenceEqual(Columns, StringComparer.Ordinal))
        {
            throw Wrong($"{path} has other columns: {Shortened(string.Join(',', rows.Fields()))}.");
        }

        while (await NextAsync(rows, cancellationToken))
        {
            yield return rows;
        }
    }

    private async ValueTask<bool> NextAsync(CsvReader rows, CancellationToken cancellationToken)
    {
        try
        {
            return await rows.ReadAsync(cancellationToken);
        }
        catch (Exception fault)
            when (fault is InvalidDataException or FormatException or DecoderFallbackException or IOException)
        {
            var reason = fault switch
            {
                InvalidDataException => "the compressed data ends early or is not what it was",
                DecoderFallbackException => "it is not UTF-8",
                _ => fault.Message.TrimEnd('.'),
            };
            throw new StartupException(
                $"{path} is damaged or cut off after line {rows.Line - 1}: {reason}. Fetch it again.",
                fault
            );
        }
    }

    private FileStream Open()
    {
        if (Directory.Exists(path))
        {
            throw Wrong($"{path} is a folder.");
        }

        try
        {
            FileStream file = new(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read,
                bufferSize: 64 * 1024,
                FileOptions.SequentialScan
            );
            if (file.ReadByte() is not 0x1F || file.ReadByte() is not 0x8B)
            {
                var isEmpty = file.Length == 0;
                file.Dispose();
                throw Wrong(isEmpty ? $"{path} is empty." : $"{path} is not compressed with gzip.");
            }

            file.Position = 0;
            return file;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StartupException($"There is no file {path}. Name the file to import.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{path} cannot be read: {fault.Message}", fault);
        }
    }

    private static StartupException Wrong(string what) => new($"{what} Name {Expected} {string.Join(',', Columns)}.");

    private static string Shortened(string text)
    {
        const int Enough = 120;
        text = new([.. text.Select(character => char.IsControl(character) ? '?' : character)]);
        return text.Length <= Enough ? text : $"{text.AsSpan(0, Enough)}...";
    }
}
