using System.Diagnostics;

namespace BuildingBlocks.EmbeddedPostgres;

/// <summary>What the server says from the moment this is made, before and after it opened its own log.</summary>
internal sealed class LastWords(DataFolder folder)
{
    private const int QuotedLines = 12;
    private static readonly TimeSpan _flushLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(20);
    private readonly Dictionary<string, long> _lengths = Logs(folder)
        .ToDictionary(log => log.FullName, log => log.Length, StringComparer.Ordinal);

    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        // The process that writes the log outlives the server by a moment.
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var said = Read();
            if (said.Contains("FATAL", StringComparison.Ordinal) || watch.Elapsed > _flushLimit)
            {
                return string.Join('\n', said.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(QuotedLines));
            }

            await Task.Delay(_pollInterval, cancellationToken);
        }
    }

    private string Read()
    {
        var said = File.Exists(folder.StartLog) ? File.ReadAllText(folder.StartLog) : "";
        foreach (var log in Logs(folder))
        {
            // A log shorter than before was begun anew.
            var known = _lengths.GetValueOrDefault(log.FullName);
            using var stream = new FileStream(log.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            stream.Seek(known <= stream.Length ? known : 0, SeekOrigin.Begin);
            using var reader = new StreamReader(stream);
            said += reader.ReadToEnd();
        }

        return said;
    }

    private static FileInfo[] Logs(DataFolder folder) =>
        Directory.Exists(folder.ServerLogs) ? new DirectoryInfo(folder.ServerLogs).GetFiles() : [];
}
