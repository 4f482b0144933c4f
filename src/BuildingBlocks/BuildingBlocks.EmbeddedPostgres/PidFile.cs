using System.Globalization;

namespace BuildingBlocks.EmbeddedPostgres;

/// <summary>What a running server writes into its postmaster.pid.</summary>
/// <param name="Ready">Whether it takes connections: neither starting nor stopping.</param>
internal sealed record PidFile(int ProcessId, int Port, bool Ready)
{
    /// <summary>Null when there is no such file or it is not complete.</summary>
    public static async Task<PidFile?> ReadAsync(DataFolder folder, CancellationToken cancellationToken)
    {
        string[] lines;
        try
        {
            lines = await File.ReadAllLinesAsync(folder.PidFile, cancellationToken);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        // Process id, folder, start time, port, socket folder, address, shared memory, status.
        return
            lines.Length >= 4
            && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var processId)
            && int.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new PidFile(processId, port, lines.Length >= 8 && lines[7].Trim() is "ready")
            : null;
    }
}
