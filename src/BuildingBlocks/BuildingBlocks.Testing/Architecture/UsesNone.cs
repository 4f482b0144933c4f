using Mono.Cecil;

namespace BuildingBlocks.Testing.Architecture;

/// <summary>
/// Types use none that is meant. It follows a sentence of NetArchTest about dependencies, which knows types by their
/// namespaces only and reads neither typeof in the argument of an attribute, nor what is caught, nor function pointers.
/// </summary>
/// <param name="rule">Its name.</param>
/// <param name="module">The module or assembly at fault.</param>
/// <param name="isMeant">Whether a use is one of those that there shall not be.</param>
/// <param name="problem">Why it is wrong, and what to do instead.</param>
public sealed class UsesNone(string rule, string module, Func<TypeUse, bool> isMeant, string problem) : ArchitectureRule
{
    // What an assembly says of itself is told once, with the first of its types.
    private readonly HashSet<AssemblyDefinition> seen = [];

    /// <inheritdoc />
    protected override IEnumerable<Violation> ViolationsIn(TypeDefinition type)
    {
        var uses = TypeUse.Of(type);
        return (seen.Add(type.Module.Assembly) ? uses.Concat(TypeUse.OfAttributes(type.Module.Assembly)) : uses)
            .Where(isMeant)
            .Select(use => new Violation(rule, module, use.Place, use.Type.FullName, problem))
            .Distinct();
    }
}
