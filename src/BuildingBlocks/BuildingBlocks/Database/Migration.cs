using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using BuildingBlocks.EventLog.Publishing;

namespace BuildingBlocks.Database;

/// <summary>One SQL file that changes a schema.</summary>
/// <param name="Origin">building-blocks for the event log and sagas, module for the module's own, projection for what
/// rebuilding a projection needs, rebuild for the module's own once more in the schema where it is rebuilt, reference
/// for reference data.</param>
/// <param name="Name">The file's name, which begins with its number.</param>
/// <param name="Sql">What it does.</param>
public sealed record Migration(string Origin, string Name, string Sql)
{
    /// <summary>The origin of migrations that run in the schema where a projection is rebuilt.</summary>
    internal const string Rebuild = "rebuild";

    /// <summary>The origin of the event log's and the sagas'.</summary>
    internal const string BuildingBlocks = "building-blocks";

    /// <summary>The origin of a module's own.</summary>
    internal const string Own = "module";

    private const string OfModule = ".Persistence.Migrations.";
    private const string OfEventLog = ".EventLog.Migrations.";

    /// <summary>
    /// SHA-256 of the text with line ends as LF, so that a checkout on Windows does not count as a change.
    /// </summary>
    public string Checksum { get; } =
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>
    /// All migrations of a module in the order they run: the event log's, then the module's by file name. A projection
    /// has its own tables a second time, to be rebuilt in.
    /// </summary>
    public static IReadOnlyList<Migration> Of(ModuleSchema module) =>
        [
            .. Embedded(BuildingBlocks, typeof(ModuleDbContext).Assembly, OfEventLog),
            .. Embedded(Own, module.Assembly, OfModule),
            .. module.IsProjection
                ? Embedded("projection", typeof(ModuleDbContext).Assembly, ".EventLog.Rebuild.Migrations.")
                : [],
            .. module.IsProjection ? Embedded(Rebuild, module.Assembly, OfModule) : [],
        ];

    internal static IEnumerable<Migration> Embedded(string origin, Assembly assembly, string folder)
    {
        foreach (
            var resource in assembly
                .GetManifestResourceNames()
                .Where(name => name.Contains(folder, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
        {
            using StreamReader reader = new(assembly.GetManifestResourceStream(resource)!);
            yield return new(
                origin,
                resource[(resource.IndexOf(folder, StringComparison.Ordinal) + folder.Length)..],
                reader.ReadToEnd()
            );
        }
    }
}
