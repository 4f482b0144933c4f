using Mono.Cecil;
using NetArchTest.Rules;

namespace BuildingBlocks.Testing.Architecture;

/// <summary>
/// What the sentences of NetArchTest found. Its own result is a list of the types at fault; here each says what it uses
/// and in which member.
/// </summary>
public static class Sentences
{
    /// <summary>The type that holds constant arrays, in no namespace.</summary>
    public const string MadeByTheCompiler = "<PrivateImplementationDetails>";

    /// <summary>What a sentence about dependencies found.</summary>
    /// <param name="sentence">Says what types should or should not depend on.</param>
    /// <param name="rule">Its name.</param>
    /// <param name="module">The module or assembly at fault.</param>
    /// <param name="types">Those that the sentence is about.</param>
    /// <param name="isMeant">Whether it is about a type of this full name.</param>
    /// <param name="problem">Why it is wrong, and what to do instead.</param>
    public static IEnumerable<Violation> Uses(
        this ConditionList sentence,
        string rule,
        string module,
        IEnumerable<TypeDefinition> types,
        Func<string, bool> isMeant,
        string problem
    )
    {
        var known = types.ToLookup(type => type.FullName, StringComparer.Ordinal);
        foreach (var name in sentence.GetResult().FailingTypeNames ?? [])
        {
            TypeUse[] uses = [.. known[name].SelectMany(TypeUse.Of)];
            Violation[] meant =
            [
                .. uses.Where(use => isMeant(use.Type.FullName))
                    .Select(use => new Violation(rule, module, use.Place, use.Type.FullName, problem))
                    .Distinct(),
            ];
            foreach (var violation in meant)
            {
                yield return violation;
            }

            // A sentence cannot allow what the compiler makes: it has no namespace that NetArchTest would know.
            if (meant.Length == 0 && !uses.Any(use => IsIn(use.Type.FullName, MadeByTheCompiler)))
            {
                yield return new(rule, module, name, name, problem);
            }
        }
    }

    /// <summary>What a sentence about the types themselves found.</summary>
    /// <param name="sentence">Says what types should or should not be.</param>
    /// <param name="rule">Its name.</param>
    /// <param name="module">The module or assembly at fault.</param>
    /// <param name="problem">Why it is wrong, and what to do instead.</param>
    public static IEnumerable<Violation> Types(
        this ConditionList sentence,
        string rule,
        string module,
        string problem
    ) => (sentence.GetResult().FailingTypeNames ?? []).Select(name => new Violation(rule, module, name, name, problem));

    /// <summary>What a rule of ours found in these types.</summary>
    public static IEnumerable<Violation> Breaking(this PredicateList types, ArchitectureRule rule)
    {
        types.Should().MeetCustomRule(rule).GetResult();
        return rule.Found;
    }

    /// <summary>Whether a full name is a namespace's, or in it.</summary>
    public static bool IsIn(string name, string space) =>
        name.StartsWith(space, StringComparison.Ordinal)
        && (name.Length == space.Length || name[space.Length] is '.' or '/');
}
