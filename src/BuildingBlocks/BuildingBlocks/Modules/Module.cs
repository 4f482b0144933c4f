using BuildingBlocks.Database;

namespace BuildingBlocks.Modules;

/// <summary>
/// One module: a public sealed class of this type is all that its assembly shows. Use cases, endpoints, validators,
/// reactions, sagas and demo data are found by their interfaces inside the module's own assembly.
/// </summary>
public abstract class Module : ModuleSchema
{
    /// <summary>
    /// Says what cannot be found by interface: the DbContext, options, constraints and services of the module.
    /// </summary>
    protected abstract void Configure(ModuleBuilder module);

    internal void ConfigureInto(ModuleBuilder module) => Configure(module);
}
