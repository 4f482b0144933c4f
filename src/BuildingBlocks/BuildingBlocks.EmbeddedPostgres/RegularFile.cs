using System.Runtime.InteropServices;

namespace BuildingBlocks.EmbeddedPostgres;

/// <summary>
/// Tells files from pipes, devices and sockets, which look the same to .NET: opening a pipe waits for its other end,
/// for ever.
/// </summary>
internal static class RegularFile
{
    private const int FromCurrentFolder = -100;
    private const uint TypeOnly = 1;
    private const int LengthOfAnswer = 256;
    private const int PlaceOfMode = 28;
    private const int TypeOfMode = 0xF000;
    private const int Regular = 0x8000;
    private const int Folder = 0x4000;

    /// <summary>
    /// Whether something stands there, behind links, that is neither a file nor a folder. Elsewhere than on Linux
    /// nothing shows it.
    /// </summary>
    public static bool IsReplacedAt(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        var answer = new byte[LengthOfAnswer];
        return Status(FromCurrentFolder, path, 0, TypeOnly, answer) == 0
            && (BitConverter.ToUInt16(answer, PlaceOfMode) & TypeOfMode) is not (Regular or Folder);
    }

    // Of the calls that tell it the one whose answer looks the same on every processor.
    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Status(
        int folder,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
        int flags,
        uint asked,
        [Out] byte[] answer
    );
}
