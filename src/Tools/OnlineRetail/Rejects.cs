using System.Globalization;
using System.Text;
using BuildingBlocks.EventLog.Hosting;

namespace OnlineRetail;

/// <summary>
/// Writes every row that is not taken into a file, with its line and the reason, and counts them. The file appears when
/// it is complete.
/// </summary>
internal sealed class Rejects : IAsyncDisposable
{
    private readonly string path;
    private readonly StreamWriter file;
    private readonly Dictionary<RejectReason, long> counts = [];

    /// <param name="path">The file for rejected rows; an older one is replaced.</param>
    /// <param name="import">The file that is imported.</param>
    /// <exception cref="StartupException">The file cannot be written.</exception>
    public Rejects(string path, string import)
    {
        this.path = System.IO.Path.GetFullPath(path);
        if (
            Directory.Exists(path)
            || string.Equals(this.path, System.IO.Path.GetFullPath(import), StringComparison.Ordinal)
        )
        {
            throw new StartupException(
                $"{path} cannot hold the rejected rows: it is a folder, or the file to import. Choose another with "
                    + "--rejects."
            );
        }

        try
        {
            file = new(Unfinished, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The file for rejected rows cannot be written: {fault.Message} Choose another with --rejects.",
                fault
            );
        }
    }

    public string Path => path;

    public IEnumerable<(RejectReason Reason, long Rows)> ByReason =>
        counts.OrderByDescending(count => count.Value).Select(count => (count.Key, count.Value));

    public long Rows => counts.Values.Sum();

    private string Unfinished => path + ".part";

    public async ValueTask BeginAsync() => await WriteAsync(["Line", "Reason", .. OnlineRetailFile.Columns]);

    public async ValueTask AddAsync(long line, RejectReason reason, string[] fields)
    {
        counts[reason] = counts.GetValueOrDefault(reason) + 1;
        await WriteAsync([line.ToString(CultureInfo.InvariantCulture), reason.Text, .. fields]);
    }

    /// <summary>Puts the file where it belongs.</summary>
    public async ValueTask CompleteAsync()
    {
        await file.DisposeAsync();
        File.Move(Unfinished, path, overwrite: true);
    }

    public ValueTask DisposeAsync() => file.DisposeAsync();

    private async ValueTask WriteAsync(IEnumerable<string> fields) =>
        await file.WriteAsync($"{string.Join(',', fields.Select(Quoted))}\n");

    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny('"', ',', '\n') || field.Contains('\r', StringComparison.Ordinal)
            ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : field;
}
