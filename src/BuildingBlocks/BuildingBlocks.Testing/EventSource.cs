using BuildingBlocks.Modules;

namespace BuildingBlocks.Testing;

/// <summary>
/// Stands in for a module whose events another one reacts to: it has that module's schema and roles, but nothing in it
/// except the event log, so that a test can publish in its name and the real subscription reads it.
/// </summary>
/// <param name="name">The name of the module it stands in for.</param>
internal sealed class EventSource(string name) : Module
{
    public override string Name => name;

    protected override void Configure(ModuleBuilder module) { }
}
