using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;
using Packages.Tests;

[assembly: AssemblyFixture(typeof(PackedFeed))]

namespace Packages.Tests;

/// <summary>
/// The packages, made once as whoever releases them makes them, in a folder that serves as a feed. What is restored
/// from it goes into a folder of its own, since the version stays the same while the code changes; all other packages
/// come from where the machine has them.
/// </summary>
public sealed class PackedFeed : IAsyncLifetime
{
    /// <summary>How the ids of all packages begin.</summary>
    public const string Prefix = "ModularMonolith.";

    private static readonly string MachinesPackages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("packages-");

    /// <summary>The working copy.</summary>
    public static string Root { get; } =
        typeof(PackedFeed)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(one => string.Equals(one.Key, "RepositoryRoot", StringComparison.Ordinal))
            .Value!;

    /// <summary>Of all packages.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Holds the .nupkg and .snupkg files.</summary>
    public string Feed => Path.Combine(folder.FullName, "feed");

    /// <summary>The packages' files by id.</summary>
    public IReadOnlyDictionary<string, string> Packages { get; private set; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        var (code, output) = await Dotnet.RunAsync(
            Root,
            new Dictionary<string, string>(StringComparer.Ordinal),
            "pack",
            "src/BuildingBlocks/Packages.slnf",
            "-c",
            "Release",
            "-v",
            "q",
            "--nologo",
            "-p:MinVerSkip=false",
            // The build of the working copy runs them.
            "-p:RunAnalyzers=false",
            "-o",
            Feed
        );
        code.ShouldBe(0, output);
        var specifications = Directory.EnumerateFiles(Feed, "*.nupkg").Select(file => (file, SpecificationOf(file)));
        Packages = specifications.ToDictionary(
            one => Element(one.Item2, "id"),
            one => one.file,
            StringComparer.Ordinal
        );
        Version = Packages
            .Values.Select(file => Element(SpecificationOf(file), "version"))
            .Distinct(StringComparer.Ordinal)
            .Single();
    }

    /// <summary>A copy of a folder of the repository, whose packages of ours come from the feed.</summary>
    public string CopyOf(string source)
    {
        var copy = Path.Combine(folder.FullName, Guid.CreateVersion7().ToString("N"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root, source), "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(Path.Combine(Root, source), file);
            if (!relative.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            {
                var target = Path.Combine(copy, relative);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }

        File.WriteAllText(
            Path.Combine(copy, "nuget.config"),
            $"""
            <configuration>
              <packageSources><add key="packed" value="{Feed}" /></packageSources>
              <packageSourceMapping>
                <packageSource key="packed"><package pattern="{Prefix}*" /></packageSource>
                <packageSource key="nuget.org"><package pattern="*" /></packageSource>
              </packageSourceMapping>
              <fallbackPackageFolders><add key="machine" value="{MachinesPackages}" /></fallbackPackageFolders>
            </configuration>
            """
        );
        return copy;
    }

    /// <summary>Runs the SDK in a copy.</summary>
    public Task<(int Code, string Output)> RunAsync(string copy, params string[] arguments) =>
        Dotnet.RunAsync(
            copy,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["NUGET_PACKAGES"] = Path.Combine(folder.FullName, "restored"),
                ["ModularMonolithVersion"] = Version,
            },
            arguments
        );

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    internal static XElement SpecificationOf(string package)
    {
        using var archive = ZipFile.OpenRead(package);
        using var specification = archive
            .Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal))
            .Open();
        return XElement.Load(specification).Elements().Single();
    }

    internal static string Element(XElement specification, string name) =>
        specification.Elements().Single(one => one.Name.LocalName.Equals(name, StringComparison.Ordinal)).Value;
}
