using BuildingBlocks.Testing;

namespace Host.Tests.OpenApi;

/// <summary>
/// The clients that openapi-typescript and @hey-api/openapi-ts make of a document, in the versions that
/// package-lock.json pins.
/// </summary>
internal static class TypeScriptClients
{
    private const string Settings = """
        {
          "compilerOptions": {
            "strict": true, "noEmit": true, "target": "ES2022", "module": "ESNext", "moduleResolution": "Bundler",
            "lib": ["ES2022", "DOM", "DOM.Iterable"], "types": []
          },
          "include": ["."]
        }
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly NpmTools Tools = new(
        "openapi-clients",
        Path.Combine(AppContext.BaseDirectory, "OpenApi", "Clients")
    );

    /// <summary>Makes both clients, types.ts and sdk/, and compiles them with a program that uses them.</summary>
    /// <returns>What the compiler says; exit code 0 when it finds nothing wrong.</returns>
    public static async Task<(int ExitCode, string Report)> CompileAsync(string document, string program)
    {
        var packages = Path.Combine(await Tools.InstalledAsync(), "node_modules");
        var work = Directory.CreateTempSubdirectory("openapi-clients-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(work, "v1.json"), document);
            await File.WriteAllTextAsync(Path.Combine(work, "program.ts"), program);
            await File.WriteAllTextAsync(Path.Combine(work, "tsconfig.json"), Settings);
            await MakeAsync(
                work,
                Path.Combine(packages, "openapi-typescript", "bin", "cli.js"),
                "v1.json",
                "-o",
                "types.ts"
            );
            var heyApi = Path.Combine(packages, "@hey-api", "openapi-ts", "bin", "run.js");
            await MakeAsync(work, heyApi, "-i", "v1.json", "-o", "sdk", "-c", "@hey-api/client-fetch");
            return await NpmTools.NodeAsync(work, Limit, Path.Combine(packages, "typescript", "bin", "tsc"), "-p", ".");
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static async Task MakeAsync(string work, params string[] command)
    {
        var (exitCode, report) = await NpmTools.NodeAsync(work, Limit, command);
        exitCode.ShouldBe(0, report);
    }
}
