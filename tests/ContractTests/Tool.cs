using System.Text.Json.Nodes;
using BuildingBlocks.Testing;

namespace ContractTests;

/// <summary>
/// What tools that others wrote say of our documents: @asyncapi/parser, the SDK of CloudEvents and mermaid.
/// </summary>
internal static class Tool
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Tools");

    private static readonly NpmTools Npm = new("contract-tools", Folder);

    /// <summary>Runs Tools/check.mjs on a text.</summary>
    public static async Task<JsonNode> SayAsync(string tool, string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, text);
            var (exitCode, said) = await NpmTools.NodeAsync(
                await Npm.InstalledAsync(),
                Limit,
                Path.Combine(Folder, "check.mjs"),
                tool,
                file
            );
            exitCode.ShouldBe(0, said);
            return JsonNode.Parse(said)!;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
