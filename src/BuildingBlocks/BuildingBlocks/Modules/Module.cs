using System.Reflection;
using BuildingBlocks.Database.References;

namespace BuildingBlocks.Modules;

/// <summary>
/// One module: a public sealed class of this type is all that its assembly shows. Use cases, endpoints, validators, reactions, sagas and demo
/// data are found by their interfaces inside the module's own assembly.
/// </summary>
public abstract class Module
{
    /// <summary>Lower case, a letter then letters, digits or underscores; schema, roles, metrics and settings carry this name.</summary>
    public abstract string Name { get; }

    /// <summary>Where everything of the module is found.</summary>
    public Assembly Assembly => GetType().Assembly;

    /// <summary>All the module's tables follow from events alone; see <see cref="ModuleBuilder.Projection"/>.</summary>
    internal bool IsProjection { get; set; }

    /// <summary>Under which names others may refer to what the module owns; see <see cref="ModuleBuilder.Identifies"/>.</summary>
    internal List<Identity> Identities { get; } = [];

    /// <summary>Columns with ids of others' things; see <see cref="ModuleBuilder.References"/>.</summary>
    internal List<LooseReference> References { get; } = [];

    /// <summary>Says what cannot be found by interface: the DbContext, options, constraints and services of the module.</summary>
    protected abstract void Configure(ModuleBuilder module);

    internal void ConfigureInto(ModuleBuilder module) => Configure(module);
}
