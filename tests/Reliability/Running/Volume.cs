using System.Globalization;

namespace Reliability.Running;

/// <summary>
/// The disk that the database lies on: a small file system in memory of its own where that may be mounted, so that it
/// can be filled up.
/// </summary>
internal sealed class Volume : IAsyncDisposable
{
    private const int SizeInMegabytes = 3000;
    private const int Block = 4 * 1024 * 1024;

    private Volume(string folder, bool isMounted) => (Folder, CanBeFilled) = (folder, isMounted);

    public string Folder { get; }

    /// <summary>False where nothing may be mounted: then the folder is on a disk that others need too.</summary>
    public bool CanBeFilled { get; }

    private string Filler => Path.Combine(Folder, "filler");

    public static async Task<Volume> MountAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        var size = string.Create(CultureInfo.InvariantCulture, $"size={SizeInMegabytes}m");
        var mounted =
            OperatingSystem.IsLinux()
            && Environment.IsPrivilegedProcess
            && (await Programs.RunAsync("mount", "-t", "tmpfs", "-o", size, "tmpfs", folder)).ExitCode == 0;
        return new(folder, mounted);
    }

    /// <summary>Leaves no byte free.</summary>
    public void Fill()
    {
        using var filler = File.OpenHandle(Filler, FileMode.Create, FileAccess.Write);
        var zeros = new byte[Block];
        long written = 0;
        for (var size = Block; size >= 4096; )
        {
            try
            {
                RandomAccess.Write(filler, zeros.AsSpan(0, size), written);
                written += size;
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }

    public void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        if (CanBeFilled)
        {
            // Lazily: what was killed may hold a file for a moment longer.
            await Programs.RunAsync("umount", "--lazy", Folder);
        }
    }
}
