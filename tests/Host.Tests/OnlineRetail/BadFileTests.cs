using System.IO.Compression;
using System.Text;
using Host.Tests.Running;
using Host.Tests.Startup;

namespace Host.Tests.OnlineRetail;

/// <summary>What is no import file is named as what it is, before anything is started.</summary>
public sealed class BadFileTests : IDisposable
{
    private const string Header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

    private readonly HostSettings settings = new();
    private readonly string folder = Directory.CreateTempSubdirectory("import-tests-").FullName;

    public void Dispose()
    {
        settings.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public Task A_file_that_is_missing() => Refuses(Path.Combine(folder, "none.csv.gz"), "There is no file");

    [Fact]
    public Task A_folder() => Refuses(folder, "is a folder", ".csv.gz");

    [Fact]
    public Task An_empty_file() => Refuses(Written(""), "is empty", ".csv.gz");

    [Fact]
    public Task A_file_that_is_not_compressed() =>
        Refuses(
            Written(Header + "536365,A,B,1,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"),
            "not compressed with gzip"
        );

    [Fact]
    public Task A_compressed_file_of_nothing() => Refuses(Compressed(""), "is empty", ".csv.gz");

    [Fact]
    public Task A_file_with_other_columns() =>
        Refuses(Compressed("Invoice;Total\n1;2\n"), "has other columns", "Invoice;Total", "InvoiceNo,StockCode");

    [Fact]
    public Task A_file_of_bytes_that_are_no_text() =>
        Refuses(Compressed(Header + "536365,A,\u00FF", Encoding.Latin1), "not UTF-8");

    [Fact]
    public async Task A_file_that_was_cut_off_in_the_middle()
    {
        var whole = await File.ReadAllBytesAsync(Books.CutPath, TestContext.Current.CancellationToken);
        var path = Path.Combine(folder, "cut-off.csv.gz");
        await File.WriteAllBytesAsync(path, whole[..(whole.Length / 2)], TestContext.Current.CancellationToken);

        await Refuses(path, "damaged or cut off after line", "Fetch it again");
    }

    [Fact]
    public async Task A_place_for_rejected_rows_that_cannot_be_written() =>
        await Refuses(
            Books.CutPath,
            "rejected rows cannot be written",
            "--rejects",
            Path.Combine(folder, "no", "folder.csv")
        );

    [Fact]
    public async Task A_place_for_rejected_rows_that_is_the_file_itself()
    {
        var path = Written("anything");
        File.Copy(Books.CutPath, path, overwrite: true);

        await Refuses(path, "cannot hold the rejected rows", "--rejects", path);

        File.ReadAllBytes(path).ShouldBe(File.ReadAllBytes(Books.CutPath));
    }

    private async Task Refuses(string path, string what, string named = "", string? rejects = null)
    {
        var (exitCode, _, errors) = await HostProcess.RunAsync(
            settings,
            "import",
            "online-retail",
            path,
            "--rejects",
            rejects ?? Path.Combine(folder, "rejects.csv")
        );

        BadStartTests.IsOneMessage(exitCode, errors, rejects ?? path, what, named);
        Directory.EnumerateFileSystemEntries(settings.DataFolder).ShouldBeEmpty("No database was made for it.");
    }

    private string Written(string text)
    {
        var path = Path.Combine(folder, "plain.csv.gz");
        File.WriteAllText(path, text);
        return path;
    }

    private string Compressed(string text, Encoding? encoding = null)
    {
        var path = Path.Combine(folder, "compressed.csv.gz");
        using GZipStream packed = new(File.Create(path), CompressionMode.Compress);
        packed.Write((encoding ?? Encoding.UTF8).GetBytes(text));
        return path;
    }
}
