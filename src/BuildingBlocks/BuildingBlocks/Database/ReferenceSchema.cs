using BuildingBlocks.EventLog.Migrations;

namespace BuildingBlocks.Database;

/// <summary>
/// The schema of reference data: owned by a role of its own, read by every module's app role, written by migrations
/// only.
/// </summary>
public static class ReferenceSchema
{
    /// <summary>The schema's name, which therefore no module can have.</summary>
    public const string Name = "reference";

    internal const string Title = "the reference data";

    /// <summary>Its migrations in the order they run.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [.. Migration.Embedded("reference", typeof(ReferenceSchema).Assembly, ".Reference.Migrations.")];

    /// <summary>
    /// Gives the app roles of modules SELECT on everything in the schema, and takes from them whatever else they were
    /// given.
    /// </summary>
    internal static string Grants(IEnumerable<string> appRoles) =>
        string.Join(
            '\n',
            appRoles.Select(role =>
                $"""
                    revoke all on all tables in schema {Name} from "{role}";
                    grant select on all tables in schema {Name} to "{role}";
                    """
            )
        );
}
