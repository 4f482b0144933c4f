using System.Text.Json;
using BuildingBlocks.EmbeddedPostgres;
using BuildingBlocks.EventLog.Hosting;

namespace BuildingBlocks.Database;

/// <summary>A small JSON file that an installation keeps for itself, readable by its user only.</summary>
public static class KeptFile
{
    /// <summary>Reads the file.</summary>
    /// <typeparam name="T">What it holds.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="remedy">What to do when it cannot be read: a sentence.</param>
    /// <returns>Null when there is no such file.</returns>
    /// <exception cref="StartupException">It is there, but cannot be read or holds something else.</exception>
    public static T? Read<T>(string path, string remedy)
        where T : class
    {
        EnsureNoWait(path);
        try
        {
            // Opened without a look before: what is there but may not be read, or is a folder, would pass for missing.
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), JsonSerializerOptions.Web)
                ?? throw new JsonException("It holds nothing.");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException damaged)
        {
            throw new StartupException($"{path} is damaged ({damaged.Message}). {remedy}", damaged);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"{path} cannot be read: {(Directory.Exists(path) ? "it is a folder." : refused.Message)} {remedy}",
                refused
            );
        }
    }

    /// <summary>Makes sure that nothing is in the way of files that are made later.</summary>
    /// <exception cref="StartupException">There is a folder, a pipe or a device of such a name.</exception>
    internal static void EnsureNothingElse(params IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                throw new StartupException(
                    $"{path} is a folder, where the Host keeps a file. Move it away, or delete it."
                );
            }

            EnsureNoWait(path);
        }
    }

    /// <summary>Makes sure that opening the file ends.</summary>
    /// <exception cref="StartupException">It is a pipe, a device or a socket.</exception>
    internal static void EnsureNoWait(string path)
    {
        if (RegularFile.IsReplacedAt(path))
        {
            throw new StartupException(
                $"{path} is no regular file but a pipe, a device or a socket, where the Host keeps a file. Move it "
                    + "away, or delete it."
            );
        }
    }

    /// <summary>What it is called while it is written.</summary>
    internal static string Staged(string path) => path + ".new";

    /// <summary>
    /// Writes the file beside itself; <see cref="Publish"/> swaps it in, so that a crash leaves the old or the new one.
    /// </summary>
    /// <exception cref="StartupException">It cannot be written.</exception>
    public static void Stage<T>(string path, T content) => Guarded(path, () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var staged = Staged(path);
            File.Delete(staged);
            FileStreamOptions onlyOurs = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                onlyOurs.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using FileStream file = new(staged, onlyOurs);
            JsonSerializer.Serialize(file, content, JsonSerializerOptions.Web);
        });

    /// <summary>Swaps in what was written beside.</summary>
    /// <exception cref="StartupException">It cannot be.</exception>
    public static void Publish(string path) => Guarded(path, () => File.Move(Staged(path), path, overwrite: true));

    private static void Guarded(string path, Action write)
    {
        EnsureNothingElse(path, Staged(path));
        try
        {
            write();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"{path} cannot be written: {refused.Message.TrimEnd('.')}. Make room, or give the Host's user access "
                    + "to it and its folder.",
                refused
            );
        }
    }
}
