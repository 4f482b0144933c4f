using System.Text;
using Analyzers.Tests.Running;

[assembly: AssemblyFixture(typeof(Analyzers.Tests.Guard.GuardRun))]

namespace Analyzers.Tests.Guard;

/// <summary>One way to write a project file, and what the guard is to say to it.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Project">The project that is checked, such as <c>Orders/Orders</c>.</param>
/// <param name="Files">What is written over the copy.</param>
/// <param name="Expected">Beginnings of the errors, such as <c>Orders.csproj(3,6): error MM0001: Orders references</c>;
/// none when it is fine.</param>
internal sealed record GuardCase(
    string Name,
    string Project,
    IReadOnlyDictionary<string, string> Files,
    params string[] Expected
);

/// <summary>Runs the guard on all cases in one build, each in a copy of the modules of its own.</summary>
public sealed class GuardRun : IAsyncLifetime
{
    private readonly Dictionary<string, string[]> errors = new(StringComparer.Ordinal);

    /// <summary>The errors of a case, one a line, with paths relative to the copy.</summary>
    public IReadOnlyList<string> ErrorsOf(string name) => errors[name];

    public async ValueTask InitializeAsync()
    {
        using var scratch = ScratchCopy.Empty();
        using var original = ScratchCopy.OfProjects();
        StringBuilder calls = new();
        var cases = GuardCases.All.ToArray();
        for (var i = 0; i < cases.Length; i++)
        {
            var folder = $"case{i:000}";
            Copy(original.Root, Path.Combine(scratch.Root, folder));
            foreach (var (path, text) in cases[i].Files)
            {
                scratch.Write($"{folder}/{path}", text);
            }

            var project = cases[i].Project.Split('/') is [var module, var name]
                ? $"{folder}/src/Modules/{module}/{name}/{name}.csproj"
                : "";
            calls.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"    <MSBuild Projects=\"{project}\" Targets=\"CheckWalls\" ContinueOnError=\"ErrorAndContinue\" />\n"
            );
        }

        scratch.Write("all.proj", $"<Project>\n  <Target Name=\"Build\">\n{calls}  </Target>\n</Project>\n");
        var (_, output) = await scratch.Dotnet(
            "msbuild",
            "all.proj",
            "-nologo",
            "-v:q",
            "-noConsoleLogger",
            "-fileLogger",
            "-fileLoggerParameters:LogFile=all.log;ErrorsOnly;NoSummary",
            "-m:1"
        );
        var log = Path.Combine(scratch.Root, "all.log");
        File.Exists(log).ShouldBeTrue(output);
        var lines = (await File.ReadAllTextAsync(log))
            .Replace(scratch.Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)
            .Replace('\\', '/')
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < cases.Length; i++)
        {
            var folder = $"case{i:000}/";
            errors[cases[i].Name] =
            [
                .. lines
                    .Where(line => line.StartsWith(folder, StringComparison.Ordinal))
                    .Select(line => line[folder.Length..])
                    .Distinct(StringComparer.Ordinal),
            ];
        }

        errors[""] = [.. lines.Where(line => !line.StartsWith("case", StringComparison.Ordinal))];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
