using System.Reflection;
using BuildingBlocks.Database.References;

namespace BuildingBlocks.Database;

/// <summary>What is to be known of a module to make, migrate and verify its schema.</summary>
public abstract class ModuleSchema
{
    private protected ModuleSchema() { }

    /// <summary>
    /// Lower case, a letter then letters, digits or underscores; schema, roles, metrics and settings carry this name.
    /// </summary>
    public abstract string Name { get; }

    /// <summary>Where everything of the module is found.</summary>
    public Assembly Assembly => GetType().Assembly;

    /// <summary>All the module's tables follow from events alone, so that they can be rebuilt.</summary>
    internal bool IsProjection { get; set; }

    /// <summary>Under which names others may refer to what the module owns.</summary>
    internal List<Identity> Identities { get; } = [];

    /// <summary>Columns with ids of others' things.</summary>
    internal List<LooseReference> References { get; } = [];
}
