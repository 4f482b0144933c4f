using Analyzers.Tests.Running;

namespace Analyzers.Tests.Mutations;

/// <summary>The modules as they are.</summary>
internal static class Modules
{
    public static IReadOnlyDictionary<string, string> Files { get; } =
        Repository
            .Files("src/Modules", "*.cs")
            .Concat(Repository.Files("src/Modules", "*.sql"))
            .ToDictionary(path => path, Repository.Read, StringComparer.Ordinal);
}
