using System.Text.RegularExpressions;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Hosting;

namespace BuildingBlocks.Database;

/// <summary>
/// The two database roles of a module: one that owns its schema and migrates it, one that the running Host uses.
/// </summary>
/// <param name="Schema">The module's schema, named like the module.</param>
/// <param name="Owner">Owns the schema and all in it.</param>
/// <param name="App">May read and write the schema's rows, and only add to its outbox.</param>
public sealed partial record ModuleRoles(string Schema, string Owner, string App)
{
    /// <summary>The connections an app role may have at most, of all Hosts together.</summary>
    public const int AppConnections = 100;

    /// <summary>The connections an owner role may have at most.</summary>
    public const int OwnerConnections = 5;

    /// <summary>The connections the role of a feed may have at most, of all Hosts together.</summary>
    public const int FeedConnections = 40;

    /// <summary>
    /// Where the module runs elsewhere and the schema is its shadow: the role that appends what the feed brings.
    /// </summary>
    public string Feed => $"{App[..App.LastIndexOf('_')]}_feed";

    /// <summary>The owner's second schema, where a projection is rebuilt beside the live one.</summary>
    public string RebuildSchema => RebuildTables.SchemaOf(Schema);

    /// <summary>The roles of a module in an installation.</summary>
    /// <param name="prefix">The installation's, because roles belong to the whole server; setting
    /// <c>Database:Prefix</c>.</param>
    /// <param name="module">The module's name.</param>
    /// <exception cref="StartupException">The prefix is not 1 to 20 lower-case letters, digits and underscores,
    /// beginning with a letter; or makes names that PostgreSQL keeps for itself.</exception>
    public static ModuleRoles Of(string prefix, string module) =>
        ValidPrefix().IsMatch(prefix) && !$"{prefix}_".StartsWith("pg_", StringComparison.Ordinal)
            ? new(module, $"{prefix}_{module}_owner", $"{prefix}_{module}_app")
            : throw new StartupException(
                $"Database:Prefix is '{prefix}', but must be 1 to 20 lower-case letters, digits or underscores and "
                    + "begin with a letter, and neither be pg nor begin with pg_, which PostgreSQL keeps for itself."
            );

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,19}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ValidPrefix();
}
