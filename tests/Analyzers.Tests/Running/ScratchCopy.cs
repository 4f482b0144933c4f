using System.Diagnostics;

namespace Analyzers.Tests.Running;

/// <summary>A copy of the working copy's files in a temporary folder, to be changed and built at will.</summary>
internal sealed class ScratchCopy : IDisposable
{
    private ScratchCopy(string root) => Root = root;

    /// <summary>Where it lies.</summary>
    public string Root { get; }

    /// <summary>Copies what the build reads to decide, not what it compiles.</summary>
    public static ScratchCopy OfProjects()
    {
        var copy = Empty();
        foreach (
            var file in Repository
                .Files("src", "*.*proj")
                .Concat(Repository.Files("src", "*.props"))
                .Concat(Repository.Files("src", "*.targets"))
                .Concat(Repository.Files("src/BuildingBlocks/BuildingBlocks.Analyzers/Build", "*.cs"))
        )
        {
            copy.Write(file, Repository.Read(file));
        }

        foreach (
            var file in Directory
                .GetFiles(Repository.Root, "*.props")
                .Concat(Directory.GetFiles(Repository.Root, "*.targets"))
                .Append(Repository.Path("global.json"))
        )
        {
            copy.Write(Path.GetFileName(file), File.ReadAllText(file));
        }

        return copy;
    }

    /// <summary>Copies all that is needed to build and test, but nothing that was built.</summary>
    public static ScratchCopy OfEverything()
    {
        var copy = Empty();
        var files = Directory
            .GetFiles(Repository.Root)
            .Select(file => Path.GetFileName(file)!)
            .Concat(Repository.Files("src", "*"))
            .Concat(Repository.Files("tests", "*"))
            .Concat(Repository.Files("docs", "*"));
        copy.Restore(files);
        return copy;
    }

    /// <summary>Brings files back to what they are in the working copy, or away when they are not there.</summary>
    public void Restore(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            var target = Path.Combine(Root, file);
            if (File.Exists(Repository.Path(file)))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(Repository.Path(file), target, overwrite: true);
                // With the time of its source, a build would take what was made of the file before for newer.
                File.SetLastWriteTimeUtc(target, TimeProvider.System.GetUtcNow().UtcDateTime);
            }
            else
            {
                File.Delete(target);
            }
        }
    }

    public static ScratchCopy Empty() => new(Directory.CreateTempSubdirectory("walls-").FullName);

    public void Write(string path, string text)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>Runs dotnet in the copy.</summary>
    /// <returns>Its exit code, and all it wrote, with paths relative to the copy.</returns>
    public async Task<(int Code, string Output)> Dotnet(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments)
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        foreach (
            var inherited in start
                .Environment.Keys.Where(key =>
                    key.StartsWith("MSBuild", StringComparison.Ordinal) || key is "RunAnalyzers"
                )
                .ToArray()
        )
        {
            start.Environment.Remove(inherited);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(15));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"dotnet {string.Join(' ', arguments)} took longer than 15 minutes.\n{await output}",
                late
            );
        }

        return (
            process.ExitCode,
            (await output + await errors).Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)
        );
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (IOException)
        {
            // Something in it is still being read; the system clears its temporary folder.
        }
    }
}
