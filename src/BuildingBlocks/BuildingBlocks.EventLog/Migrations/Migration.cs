using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace BuildingBlocks.EventLog.Migrations;

/// <summary>One SQL file that changes a schema.</summary>
/// <param name="Origin">building-blocks for the event log and sagas, module for the module's own, projection for what
/// rebuilding a projection needs, rebuild for the module's own once more in the schema where it is rebuilt, shadow for
/// the outbox of a module that runs elsewhere, reference for reference data.</param>
/// <param name="Name">The file's name, which begins with its number.</param>
/// <param name="Sql">What it does.</param>
public sealed record Migration(string Origin, string Name, string Sql)
{
    /// <summary>The origin of migrations that run in the schema where a projection is rebuilt.</summary>
    internal const string Rebuild = "rebuild";

    /// <summary>The origin of the event log's and the sagas'.</summary>
    internal const string BuildingBlocks = "building-blocks";

    /// <summary>The origin of what makes the shadow of a module that runs elsewhere.</summary>
    internal const string Shadow = "shadow";

    /// <summary>The origin of a module's own.</summary>
    internal const string Own = "module";

    /// <summary>
    /// SHA-256 of the text with line ends as LF, so that a checkout on Windows does not count as a change.
    /// </summary>
    public string Checksum { get; } =
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>Those of the event log and the sagas, in the order they run.</summary>
    internal static IEnumerable<Migration> OfEventLog =>
        Embedded(BuildingBlocks, typeof(Migration).Assembly, ".EventLog.Migrations.");

    /// <summary>What rebuilding a projection needs, in the order it runs.</summary>
    internal static IEnumerable<Migration> OfProjection =>
        Embedded("projection", typeof(Migration).Assembly, ".EventLog.Rebuild.Migrations.");

    /// <summary>What makes the shadow of a module that runs elsewhere, in the order it runs.</summary>
    internal static IEnumerable<Migration> OfShadow =>
        Embedded(Shadow, typeof(Migration).Assembly, ".EventLog.Feeds.Migrations.");

    /// <summary>The SQL files that an assembly holds in a folder, by name.</summary>
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
