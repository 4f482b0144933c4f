using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace BuildingBlocks.Analyzers.Slices;

/// <summary>
/// MM0010: an entity that says events of itself (a member that returns one, an extension, or as the state of a saga) and has no concurrency token. Two
/// transactions could then change one row from the same state, and their events would stand in the outbox in an order that did not happen.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ConcurrencyTokenAnalyzer : DiagnosticAnalyzer
{
    private static readonly ImmutableHashSet<string> Tokens = ImmutableHashSet.Create(
        StringComparer.Ordinal, "HasConcurrencyToken", "IsRowVersion", "IsConcurrencyToken", "UseXminAsConcurrencyToken", "NeedsNoConcurrencyToken");

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule.NoConcurrencyToken];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            Search search = new();
            start.RegisterSymbolAction(search.Type, SymbolKind.NamedType);
            start.RegisterOperationAction(search.Call, OperationKind.Invocation);
            start.RegisterCompilationEndAction(search.Report);
        });
    }

    private sealed class Search
    {
        /// <summary>Types that say events of themselves, and one that they say.</summary>
        private readonly ConcurrentDictionary<INamedTypeSymbol, string> speakers = new(SymbolEqualityComparer.Default);

        /// <summary>Entities, and where they are mapped.</summary>
        private readonly ConcurrentDictionary<INamedTypeSymbol, ISymbol> mapped = new(SymbolEqualityComparer.Default);

        /// <summary>Entities that have a token, and type parameters of helpers and base classes that give one to whatever they are used for.</summary>
        private readonly ConcurrentDictionary<ITypeSymbol, bool> guarded = new(SymbolEqualityComparer.Default);

        private readonly ConcurrentBag<(ITypeSymbol Parameter, ITypeSymbol Argument)> uses = [];

        public void Type(SymbolAnalysisContext context)
        {
            var type = (INamedTypeSymbol)context.Symbol;
            if (type.TypeKind is not TypeKind.Class)
            {
                return;
            }

            if (type.As("BuildingBlocks.Sagas.Saga") is { TypeArguments: [INamedTypeSymbol state] })
            {
                Speaks(state, "the events of " + type.Name);
                mapped.TryAdd(state, state);
            }

            Configured(type);
            foreach (var member in type.GetMembers())
            {
                Member(type, member);
            }
        }

        public void Call(OperationAnalysisContext context)
        {
            var call = (IInvocationOperation)context.Operation;
            var method = call.TargetMethod;
            if (Tokens.Contains(method.Name))
            {
                foreach (var entity in EntitiesOf(call, context.ContainingSymbol))
                {
                    guarded.TryAdd(entity, value: true);
                }
            }
            else if (method.Name is "Entity" && method.ContainingType.Name is "ModelBuilder" && method.TypeArguments is [INamedTypeSymbol entity])
            {
                mapped.TryAdd(entity, entity);
            }

            // builder.Versioned(), where Versioned<T>(this EntityTypeBuilder<T>) is the module's own.
            for (var i = 0; i < method.TypeArguments.Length; i++)
            {
                if (method.OriginalDefinition.Locations is [{ IsInSource: true }, ..])
                {
                    uses.Add((Definition(method).TypeParameters[i], method.TypeArguments[i]));
                }
            }
        }

        public void Report(CompilationAnalysisContext context)
        {
            Spread();
            foreach (var speaker in speakers.Where(one => mapped.ContainsKey(one.Key) && !guarded.ContainsKey(one.Key)))
            {
                var place = mapped[speaker.Key];
                context.ReportDiagnostic(Diagnostic.Create(
                    Rule.NoConcurrencyToken,
                    place.Locations.FirstOrDefault(one => one.IsInSource) ?? Location.None,
                    $"{place.ToDisplayString()} gives {speaker.Key.Name} no concurrency token, though {speaker.Key.Name} publishes {speaker.Value}; two transactions could change one "
                    + "row from the same state, and their events would tell what never happened. Call builder.HasConcurrencyToken(), or, when whoever changes a row has locked it, "
                    + "builder.NeedsNoConcurrencyToken(\"why\")."));
            }
        }

        // Types are visited in no order; the message is to name the same event with every build.
        private void Speaks(INamedTypeSymbol type, string said) =>
            speakers.AddOrUpdate(type, said, (_, other) => string.CompareOrdinal(said, other) < 0 ? said : other);

        private static IMethodSymbol Definition(IMethodSymbol method) => (method.ReducedFrom ?? method).OriginalDefinition;

        /// <summary>IEntityTypeConfiguration and what it passes on to base classes.</summary>
        private void Configured(INamedTypeSymbol type)
        {
            if (type.As("Microsoft.EntityFrameworkCore.IEntityTypeConfiguration") is { TypeArguments: [INamedTypeSymbol entity] } && !type.IsAbstract)
            {
                // The class that maps it is a better place to point at than the entity.
                mapped[entity] = type;
            }

            for (var parent = type.BaseType; parent is { IsGenericType: true }; parent = parent.BaseType)
            {
                for (var i = 0; i < parent.TypeArguments.Length; i++)
                {
                    uses.Add((parent.OriginalDefinition.TypeParameters[i], parent.TypeArguments[i]));
                }
            }
        }

        private void Member(INamedTypeSymbol type, ISymbol member)
        {
            if (member is IPropertySymbol { Type: INamedTypeSymbol { Name: "DbSet", TypeArguments: [INamedTypeSymbol entity] } })
            {
                mapped.TryAdd(entity, entity);
            }
            else if (member is IPropertySymbol property && EventIn(property.Type, 0) is { } said)
            {
                Speaks(type, said);
            }
            else if (member is IMethodSymbol { MethodKind: MethodKind.Ordinary } method && EventIn(method.ReturnType, 0) is { } returned)
            {
                Speaks(method is { IsExtensionMethod: true, Parameters: [{ Type: INamedTypeSymbol extended }, ..] } ? extended : type, returned);
            }

            if (member is IPropertySymbol or IFieldSymbol && member.GetAttributes().Any(one => one.AttributeClass?.Name is "TimestampAttribute" or "ConcurrencyCheckAttribute"))
            {
                guarded.TryAdd(type, value: true);
            }
        }

        /// <summary>The event that a type is or holds.</summary>
        private static string? EventIn(ITypeSymbol type, int depth) =>
            depth > 3 ? null
            : type.IsEvent() ? type.Name
            : type is IArrayTypeSymbol array ? EventIn(array.ElementType, depth + 1)
            : type is INamedTypeSymbol { IsGenericType: true } generic ? generic.TypeArguments.Select(argument => EventIn(argument, depth + 1)).FirstOrDefault(one => one is not null)
            : null;

        /// <summary>Whose token it is: the builder's entity; else the one whose configuration the code stands in; else that of Entity&lt;T&gt;(...) around it.</summary>
        private static IEnumerable<ITypeSymbol> EntitiesOf(IInvocationOperation call, ISymbol container)
        {
            for (IOperation? receiver = call.Instance ?? call.Arguments.FirstOrDefault()?.Value; receiver is not null; receiver = Inner(receiver))
            {
                if (receiver.Type is INamedTypeSymbol { Name: "EntityTypeBuilder" or "OwnedNavigationBuilder", TypeArguments: [.., var entity] })
                {
                    return [entity];
                }
            }

            for (var around = call.Parent; around is not null; around = around.Parent)
            {
                if (around is IInvocationOperation { TargetMethod: { Name: "Entity", TypeArguments: [var entity] } })
                {
                    return [entity];
                }
            }

            return Symbols.Around(container).Select(type => type.As("Microsoft.EntityFrameworkCore.IEntityTypeConfiguration")).OfType<INamedTypeSymbol>().Select(one => one.TypeArguments[0]);
        }

        private static IOperation? Inner(IOperation receiver) => receiver switch
        {
            IInvocationOperation call => call.Instance ?? call.Arguments.FirstOrDefault()?.Value,
            IConversionOperation conversion => conversion.Operand,
            _ => null,
        };

        /// <summary>What a base class or helper guards, it guards for all it is used for.</summary>
        private void Spread()
        {
            var open = uses.ToList();
            for (var found = true; found;)
            {
                found = open.RemoveAll(use => guarded.ContainsKey(use.Parameter) && (guarded.TryAdd(use.Argument, value: true) || true)) > 0;
            }
        }
    }
}
