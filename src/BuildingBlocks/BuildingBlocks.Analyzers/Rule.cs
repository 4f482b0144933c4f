using Microsoft.CodeAnalysis;

namespace BuildingBlocks.Analyzers;

/// <summary>
/// The rules there are. Every message says who, what, where and why, gives the ways out and ends with the rule's page.
/// </summary>
internal static class Rule
{
    // Before the rules, which enter themselves.
    private static readonly List<string> WallIds = [];

    /// <summary>Another module's schema is named in SQL.</summary>
    public static readonly DiagnosticDescriptor ForeignSchema = Wall(
        "MM0002",
        "A module's SQL names its own tables only"
    );

    /// <summary>The inside of another module is used.</summary>
    public static readonly DiagnosticDescriptor ForeignType = Wall(
        "MM0003",
        "Of another module only its Contracts are used"
    );

    /// <summary>A module asks another one a question.</summary>
    public static readonly DiagnosticDescriptor ForeignQuery = Wall(
        "MM0004",
        "Module queries and commands are sent by the Host only"
    );

    /// <summary>A contract could change, or could not be read by others.</summary>
    public static readonly DiagnosticDescriptor ImpureContract = Custom(
        "MM0005",
        "Contracts are immutable data of plain types"
    );

    /// <summary>An event lacks what it is known by.</summary>
    public static readonly DiagnosticDescriptor EventIdentity = Custom(
        "MM0006",
        "An event is a sealed record with a wire name and a version"
    );

    /// <summary>A use case is not found in the file of its name.</summary>
    public static readonly DiagnosticDescriptor UseCaseFile = Custom(
        "MM0007",
        "A use case stands in the file that is named like its request"
    );

    /// <summary>Changes are committed where no unit of work begins.</summary>
    public static readonly DiagnosticDescriptor MisplacedSave = Custom(
        "MM0008",
        "Only who begins a unit of work saves"
    );

    /// <summary>A reaction does what cannot be rolled back.</summary>
    public static readonly DiagnosticDescriptor OutsideCall = Custom(
        "MM0009",
        "A reaction does not reach out of the database"
    );

    /// <summary>A wall is to be silenced.</summary>
    public static readonly DiagnosticDescriptor Silenced = Wall("MM0012", "Walls are not switched off");

    /// <summary>An event is published that another module promises.</summary>
    public static readonly DiagnosticDescriptor ForeignEvent = Wall("MM0013", "A module publishes its own events only");

    /// <summary>An endpoint neither demands nor waives authorization.</summary>
    public static readonly DiagnosticDescriptor OpenEndpoint = Custom("MM0014", "An endpoint says who may call it");

    /// <summary>Settings are read, or something is measured, under a name that is not the module's.</summary>
    public static readonly DiagnosticDescriptor ClaimedName = Wall(
        "MM0015",
        "A module's settings and measurements have its name"
    );

    /// <summary>The ids of the rules that keep modules apart.</summary>
    public static IReadOnlyList<string> Walls => WallIds;

    // No pragma, attribute or configuration file opens a wall between modules.
    private static DiagnosticDescriptor Wall(string id, string title)
    {
        WallIds.Add(id);
        return Make(id, title, WellKnownDiagnosticTags.NotConfigurable);
    }

    private static DiagnosticDescriptor Custom(string id, string title) => Make(id, title);

    private static DiagnosticDescriptor Make(string id, string title, params string[] tags) =>
        new(
            id,
            title,
            $"{{0}} Rule: docs/rules/{id}.md",
            "Modules",
            DiagnosticSeverity.Error,
            isEnabledByDefault: true,
            customTags: tags
        );
}
