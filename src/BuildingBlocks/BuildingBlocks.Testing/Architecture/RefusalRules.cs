using BuildingBlocks.Web;
using Mono.Cecil;

namespace BuildingBlocks.Testing.Architecture;

/// <summary>
/// Holds what endpoints declare with <c>Refuses</c> against what their use cases can refuse. A use case can refuse what
/// is said anywhere in the code that its endpoint, validator and handler lead to, and what the module says of the
/// constraints of tables that this code makes rows for.
/// </summary>
public static class RefusalRules
{
    private const string Errors = "BuildingBlocks.Application.Error";
    private const string Rule = "declared-refusals";

    /// <summary>Every endpoint declares what its use case refuses, and nothing else.</summary>
    /// <param name="modules">The modules.</param>
    /// <param name="tableOf">The table of an entity by module and full type name; null for a type that has
    /// none.</param>
    public static IEnumerable<Violation> EndpointsDeclareWhatIsRefused(
        CompiledModules modules,
        Func<string, string, string?> tableOf
    ) =>
        from module in modules.All
        from violation in modules
            .ImplementationOf(module)
            .And()
            .ImplementInterface(typeof(IEndpoint))
            .Breaking(new DeclaresItsRefusals(module, tableOf))
        select violation;

    private sealed class DeclaresItsRefusals(CompiledModule module, Func<string, string, string?> tableOf)
        : ArchitectureRule
    {
        protected override IEnumerable<Violation> ViolationsIn(TypeDefinition type) =>
            Violations(module, type, tableOf);
    }

    private static IEnumerable<Violation> Violations(
        CompiledModule module,
        TypeDefinition endpoint,
        Func<string, string, string?> tableOf
    )
    {
        var map = endpoint.Methods.Single(method => string.Equals(method.Name, "Map", StringComparison.Ordinal));
        MethodDefinition[] handling =
        [
            .. endpoint.Methods.Where(method => method != map),
            .. endpoint.NestedTypes.SelectMany(type => type.Methods),
        ];
        CodeReach reach = new(module.Implementation);
        reach.Follow(handling);
        // One that answers in another form than problem details has no codes to declare.
        var passesRefusalsOn = handling
            .SelectMany(CodeReach.BodiesOf)
            .SelectMany(CodeReach.Calls)
            .Any(call =>
                Is(call.DeclaringType, "BuildingBlocks.Web.Responses")
                || Is(call.DeclaringType, "BuildingBlocks.Web.Problems")
            );
        string[] declared = [.. CodeReach.Calls(map).Where(IsRefusal).Select(Name).Distinct(StringComparer.Ordinal)];
        string[] possible = passesRefusalsOn
            ? [.. reach.Refusals().Concat(OfConstraints(module, reach, tableOf)).Distinct(StringComparer.Ordinal)]
            : [];

        foreach (var undeclared in possible.Except(declared, StringComparer.Ordinal))
        {
            yield return new(
                Rule,
                module.Name,
                endpoint.FullName,
                undeclared,
                "its use case can refuse so, and its callers do not know. Name it in the endpoint's Refuses(...)."
            );
        }

        foreach (var impossible in declared.Except(possible, StringComparer.Ordinal))
        {
            yield return new(
                Rule,
                module.Name,
                endpoint.FullName,
                impossible,
                "it declares a refusal that its use case never answers with. Take it out of Refuses(...)."
            );
        }

        foreach (var unnamed in reach.UnnamedRefusals())
        {
            yield return new(
                Rule,
                module.Name,
                unnamed,
                Errors,
                "it makes a refusal that no endpoint can name. Make it a member of the aggregate's ...Errors, "
                    + "and have a validator use it with RefusedAs."
            );
        }
    }

    /// <summary>
    /// What the module declares about the constraints of a table is refused by whatever makes rows for it.
    /// </summary>
    private static IEnumerable<string> OfConstraints(
        CompiledModule module,
        CodeReach reach,
        Func<string, string, string?> tableOf
    )
    {
        string[] tables = [.. reach.Made.Select(type => tableOf(module.Name, type)).OfType<string>()];
        var (constraint, refusal) = ("", "");
        foreach (
            var instruction in module
                .Implementation.MainModule.Types.Where(type => Is(type.BaseType, "BuildingBlocks.Modules.Module"))
                .SelectMany(type => type.Methods)
                .Where(method => method.HasBody)
                .SelectMany(method => method.Body.Instructions)
        )
        {
            (constraint, refusal) = instruction.Operand switch
            {
                string text => (text, refusal),
                MethodReference call when IsRefusal(call) => (constraint, Name(call)),
                _ => (constraint, refusal),
            };
            if (
                instruction.Operand is MethodReference { Name: "Refuses" }
                && tables.Any(table => constraint.StartsWith($"{table}_", StringComparison.Ordinal))
            )
            {
                yield return refusal;
            }
        }
    }

    internal static bool Is(TypeReference? type, string name) =>
        string.Equals(type?.FullName, name, StringComparison.Ordinal);

    /// <summary>A member of a module that is or makes a refusal.</summary>
    internal static bool IsRefusal(MethodReference method) =>
        Is(method.ReturnType, Errors)
        && !method.HasThis
        && !Is(method.DeclaringType, Errors)
        && method.Resolve()?.IsPublic == true;

    /// <summary>Makes a refusal of a kind, code and detail, or gives a validator's rule a code.</summary>
    internal static bool MakesRefusal(MethodReference method) =>
        Is(method.DeclaringType, Errors) && !method.HasThis && Is(method.ReturnType, Errors)
        || (
            method.Name.Equals("WithErrorCode", StringComparison.Ordinal)
            && method.DeclaringType.Namespace.Equals("FluentValidation", StringComparison.Ordinal)
        );

    internal static string Name(MethodReference refusal) =>
        refusal.Name.StartsWith("get_", StringComparison.Ordinal)
            ? $"{refusal.DeclaringType.Name}.{refusal.Name[4..]}"
            : $"{refusal.DeclaringType.Name}.{refusal.Name}";
}
