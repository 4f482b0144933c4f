using Mono.Cecil;
using NetArchTest.Rules;

namespace BuildingBlocks.Testing.Architecture;

/// <summary>
/// What NetArchTest has no words for, in a form that its sentences take: <c>.Should().MeetCustomRule(rule)</c>. One
/// object serves one sentence.
/// </summary>
public abstract class ArchitectureRule : ICustomRule
{
    // By type, since a sentence may ask about one more than once.
    private readonly OrderedDictionary<TypeDefinition, Violation[]> judged = [];

    /// <summary>What the types that were judged do wrong.</summary>
    public IEnumerable<Violation> Found => judged.Values.SelectMany(violations => violations);

    /// <inheritdoc />
    public bool MeetsRule(TypeDefinition type)
    {
        if (!judged.TryGetValue(type, out var violations))
        {
            violations = [.. ViolationsIn(type)];
            judged.Add(type, violations);
        }

        return violations.Length == 0;
    }

    /// <summary>What one type does wrong; nothing when it keeps the rule.</summary>
    protected abstract IEnumerable<Violation> ViolationsIn(TypeDefinition type);
}
