using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Module = BuildingBlocks.Modules.Module;

namespace BuildingBlocks.Persistence;

/// <summary>One SQL file that changes a module's schema.</summary>
/// <param name="Origin">building-blocks for the event log and sagas, module for the module's own.</param>
/// <param name="Name">The file's name, which begins with its number.</param>
/// <param name="Sql">What it does.</param>
public sealed record Migration(string Origin, string Name, string Sql)
{
    /// <summary>SHA-256 of the text with line ends as LF, so that a checkout on Windows does not count as a change.</summary>
    public string Checksum { get; } = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>All migrations of a module in the order they run: the event log's, then the module's by file name.</summary>
    public static IReadOnlyList<Migration> Of(Module module) =>
        [.. Embedded("building-blocks", typeof(Migration).Assembly), .. Embedded("module", module.Assembly)];

    private static IEnumerable<Migration> Embedded(string origin, Assembly assembly)
    {
        const string Folder = ".Persistence.Migrations.";
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.Contains(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using StreamReader reader = new(assembly.GetManifestResourceStream(resource)!);
            yield return new(origin, resource[(resource.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..], reader.ReadToEnd());
        }
    }
}
