using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BuildingBlocks.Analyzers.Walls;

/// <summary>
/// MM0004: a module asks or commands another one, through ModuleQueries, ModuleCommands, or by having its handler
/// injected.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ForeignQueryAnalyzer : DiagnosticAnalyzer
{
    private static readonly ImmutableHashSet<string> Asking = ["ModuleQueries", "ModuleCommands"];

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule.ForeignQuery];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(
            GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics
        );
        context.RegisterCompilationStartAction(start =>
        {
            var around = Neighbourhood.Of(start.Compilation, start.Options, start.CancellationToken);
            var foreign = start
                .Compilation.SourceModule.ReferencedAssemblySymbols.Where(one => around.Contracts(one) is not null)
                .SelectMany(one => Symbols.TypesOf(one.GlobalNamespace))
                .Where(IsQuery)
                .Select(type => type.Name)
                .ToImmutableHashSet(StringComparer.Ordinal);
            ConcurrentDictionary<Location, bool> reported = new();
            start.RegisterSyntaxNodeAction(
                node => Name(node, around, foreign, reported),
                SyntaxKind.IdentifierName,
                SyntaxKind.GenericName
            );
        });
    }

    private static bool IsQuery(ITypeSymbol type) =>
        type.Is("BuildingBlocks.Contracts.IModuleQuery") || type.Is("BuildingBlocks.Contracts.IModuleCommand");

    private static void Name(
        SyntaxNodeAnalysisContext context,
        Neighbourhood around,
        ImmutableHashSet<string> foreign,
        ConcurrentDictionary<Location, bool> reported
    )
    {
        // Compared as text first: nearly every name of a file ends here.
        var name = ((SimpleNameSyntax)context.Node).Identifier.ValueText;
        var isAsking = Asking.Contains(name);
        if (
            (!isAsking && !foreign.Contains(name))
            || context.SemanticModel.GetSymbolInfo(context.Node, context.CancellationToken).Symbol is not { } symbol
            || (symbol as INamedTypeSymbol ?? symbol.ContainingType) is not { } type
        )
        {
            return;
        }

        var owner = around.Contracts(type.ContainingAssembly);
        var does =
            isAsking && type.IsNamed("BuildingBlocks.Modules." + name) ? $"asks other modules through {name}"
            : owner is not null && IsQuery(type)
                ? $"uses {type.Name}, which only the Host may ask of module {owner.Name}"
            : null;
        if (does is not null && reported.TryAdd(context.Node.GetLocation(), value: true))
        {
            var waysOut = owner is null
                ? "Keep a copy fed by the other module's events, or let the Host compose the answer."
                : Neighbourhood.WaysOut(owner, context.Compilation);
            context.ReportDiagnostic(
                Diagnostic.Create(
                    Rule.ForeignQuery,
                    context.Node.GetLocation(),
                    $"{Symbols.Who(context.ContainingSymbol)} {does}; a module that waits for another fails with it, "
                        + $"and cannot run without it. {waysOut}"
                )
            );
        }
    }
}
