using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace BuildingBlocks.Analyzers.Walls;

/// <summary>MM0003: uses the inside of another module, looks it up by name, or shows it one's own.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ForeignTypeAnalyzer : DiagnosticAnalyzer
{
    private static readonly char[] ListSigns = [',', '[', ']'];

    private static readonly char[] NameEnds = [',', '`', '[', '+'];

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule.ForeignType];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(
            GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics
        );
        context.RegisterCompilationStartAction(start =>
        {
            Search search = new(Neighbourhood.Of(start.Compilation, start.Options, start.CancellationToken));
            start.RegisterOperationAction(search.LookUp, OperationKind.Invocation);
            start.RegisterSyntaxNodeAction(search.Friend, SyntaxKind.Attribute);

            // Where no assembly of another module is referenced, which is always once the build guard is content,
            // nothing of it can be named.
            if (search.SeesForeignAssembly(start.Compilation))
            {
                start.RegisterSyntaxNodeAction(search.Name, SyntaxKind.IdentifierName, SyntaxKind.GenericName);
            }
        });
    }

    private sealed class Search(Neighbourhood around)
    {
        public bool SeesForeignAssembly(Compilation compilation) =>
            compilation.ReferencedAssemblyNames.Any(one => around.Inside(one.Name) is not null);

        public void Name(SyntaxNodeAnalysisContext context)
        {
            var symbol = context.SemanticModel.GetSymbolInfo(context.Node, context.CancellationToken) is var info
                ? info.Symbol ?? info.CandidateSymbols.FirstOrDefault()
                : null;
            var (owner, what) = symbol switch
            {
                INamespaceSymbol scope when context.Node.FirstAncestorOrSelf<UsingDirectiveSyntax>() is not null => (
                    OwnerOf(scope),
                    "the namespace " + scope.ToDisplayString()
                ),
                INamedTypeSymbol type => (around.Inside(type.ContainingAssembly), type.ToDisplayString()),
                IMethodSymbol { MethodKind: MethodKind.Constructor } made
                    when context.Node.FirstAncestorOrSelf<AttributeSyntax>() is not null => (
                    around.Inside(made.ContainingAssembly),
                    made.ContainingType.ToDisplayString()
                ),
                IMethodSymbol { MethodKind: MethodKind.Constructor } or null => (null, ""),

                // The type of a static member, a constructor or a pattern is named beside it.
                { IsStatic: false } member when member.ContainingType is not null => (
                    around.Inside(member.ContainingAssembly),
                    member.ContainingType.ToDisplayString() + "." + member.Name
                ),
                _ => (null, ""),
            };
            if (
                owner is not null
                && !(
                    symbol is INamespaceSymbol
                    && context.Node.Parent is QualifiedNameSyntax { Parent: QualifiedNameSyntax }
                )
            )
            {
                var place =
                    symbol is INamespaceSymbol
                        ? context.Node.FirstAncestorOrSelf<UsingDirectiveSyntax>()!.NamespaceOrType
                        : context.Node;
                Report(
                    context.ReportDiagnostic,
                    place.GetLocation(),
                    context.ContainingSymbol,
                    $"uses {what}, the inside of module {owner.Name}",
                    owner,
                    context.Compilation
                );
            }
        }

        /// <summary>[assembly: InternalsVisibleTo("Inventory")]</summary>
        public void Friend(SyntaxNodeAnalysisContext context)
        {
            var attribute = (AttributeSyntax)context.Node;
            var name = attribute.Name.ToString();
            if (name.Contains("UnsafeAccessorType"))
            {
                Reach(context, attribute);
            }
            else if (
                (
                    name.EndsWith("InternalsVisibleTo", StringComparison.Ordinal)
                    || name.EndsWith("InternalsVisibleToAttribute", StringComparison.Ordinal)
                    || name.EndsWith("IgnoresAccessChecksTo", StringComparison.Ordinal)
                    || name.EndsWith("IgnoresAccessChecksToAttribute", StringComparison.Ordinal)
                )
                && attribute.ArgumentList?.Arguments.FirstOrDefault() is { } argument
                && context.SemanticModel.GetConstantValue(argument.Expression, context.CancellationToken).Value
                    is string friend
                && around.Inside(AssemblyIn(friend)) is { } owner
            )
            {
                var does = name.Contains("Ignores")
                    ? $"reaches for the internals of module {owner.Name}"
                    : $"shows its internals to module {owner.Name}";
                Report(context.ReportDiagnostic, attribute.GetLocation(), null, does, owner, context.Compilation);
            }
        }

        /// <summary>[UnsafeAccessorType("Inventory.Domain.StockLevel, Inventory")]</summary>
        private void Reach(SyntaxNodeAnalysisContext context, AttributeSyntax attribute)
        {
            if (
                attribute.ArgumentList?.Arguments.FirstOrDefault() is { } argument
                && context.SemanticModel.GetConstantValue(argument.Expression, context.CancellationToken).Value
                    is string type
                && OwnerOf(type) is { } owner
            )
            {
                Report(
                    context.ReportDiagnostic,
                    attribute.GetLocation(),
                    context.ContainingSymbol,
                    $"reaches for \"{type}\", the inside of module {owner.Name}",
                    owner,
                    context.Compilation
                );
            }
        }

        /// <summary>Type.GetType("Inventory.Domain.StockLevel, Inventory") and its like.</summary>
        public void LookUp(OperationAnalysisContext context)
        {
            var call = (IInvocationOperation)context.Operation;
            if (
                call.TargetMethod
                is not {
                    Name: "GetType"
                        or "Load"
                        or "LoadFrom"
                        or "LoadFile"
                        or "CreateInstance"
                        or "CreateInstanceFrom"
                        or "LoadFromAssemblyName"
                        or "LoadFromAssemblyPath",
                    ContainingType.Name: "Type" or "Assembly" or "Activator" or "AssemblyLoadContext" or "AppDomain"
                }
            )
            {
                return;
            }

            foreach (var argument in call.Arguments)
            {
                var named = Sql.StringText.Of(
                    argument.Value is IObjectCreationOperation { Arguments: { Length: > 0 } arguments }
                        ? arguments[0].Value
                        : argument.Value
                );
                if (OwnerOf(named) is { } owner)
                {
                    Report(
                        context.ReportDiagnostic,
                        call.Syntax.GetLocation(),
                        context.ContainingSymbol,
                        $"looks up \"{named}\", the inside of module {owner.Name}",
                        owner,
                        context.Compilation
                    );
                    return;
                }
            }
        }

        private static string AssemblyIn(string name) => name.Split(NameEnds)[0].Trim();

        private ModuleName? OwnerOf(string typeOrAssembly)
        {
            var file = typeOrAssembly.Split('/', '\\').Last();
            var name = file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
                ? file.Substring(0, file.Length - 4)
                : file;
            var parts = name.Split(',');
            if (
                name.IndexOf('[') > 0
                && name.Split(ListSigns)
                    .Select(part => around.Inside(part.Trim()))
                    .FirstOrDefault(one => one is not null)
                    is { } argument
            )
            {
                return argument;
            }

            return parts.Length > 1 ? around.Inside(parts[1].Trim())
                : name.IndexOf(".Contracts.", StringComparison.Ordinal) > 0 ? null
                : around.Inside(name.Trim());
        }

        private ModuleName? OwnerOf(INamespaceSymbol scope) =>
            scope.ConstituentNamespaces.All(one =>
                one.ContainingAssembly is { } assembly && around.Inside(assembly) is not null
            )
                ? around.Inside(scope.ConstituentNamespaces[0].ContainingAssembly)
                : null;

        private void Report(
            Action<Diagnostic> report,
            Location place,
            ISymbol? user,
            string does,
            ModuleName owner,
            Compilation compilation
        ) =>
            report(
                Diagnostic.Create(
                    Rule.ForeignType,
                    place,
                    $"{(user is null ? around.Own : Symbols.Who(user))} {does}; of another module only "
                        + $"{owner.Name}.Contracts may be seen. {Neighbourhood.WaysOut(owner, compilation)}"
                )
            );
    }
}
