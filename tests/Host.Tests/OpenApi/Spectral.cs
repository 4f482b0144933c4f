using BuildingBlocks.Testing;

namespace Host.Tests.OpenApi;

/// <summary>The linter @stoplight/spectral-cli in the version that package-lock.json pins.</summary>
internal static class Spectral
{
    private const string Ruleset = """extends: ["spectral:oas"]""";

    private static readonly TimeSpan LintLimit = TimeSpan.FromMinutes(1);

    private static readonly NpmTools Tools = new("spectral", Path.Combine(AppContext.BaseDirectory, "OpenApi"));

    /// <summary>
    /// What the rules of <c>spectral:oas</c> say of a document; exit code 0 when there is no error among it.
    /// </summary>
    public static async Task<(int ExitCode, string Report)> LintAsync(string document)
    {
        var program = Path.Combine(
            await Tools.InstalledAsync(),
            "node_modules",
            "@stoplight",
            "spectral-cli",
            "dist",
            "index.js"
        );
        var work = Directory.CreateTempSubdirectory("openapi-lint-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(work, "v1.json"), document);
            await File.WriteAllTextAsync(Path.Combine(work, "ruleset.yaml"), Ruleset);
            return await NpmTools.NodeAsync(
                work,
                LintLimit,
                program,
                "lint",
                "v1.json",
                "--ruleset",
                "ruleset.yaml",
                "--format",
                "text",
                "--fail-severity",
                "error"
            );
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}
