using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BuildingBlocks.Analyzers.Walls;

/// <summary>
/// MM0012: SuppressMessage for a rule that keeps modules apart. Pragmas and configuration do not reach these rules
/// anyway; this attribute does.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SilencedWallAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule.Silenced];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(
            GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics
        );
        context.RegisterSyntaxNodeAction(Check, SyntaxKind.Attribute);
    }

    private static void Check(SyntaxNodeAnalysisContext context)
    {
        var attribute = (AttributeSyntax)context.Node;
        if (
            attribute.Name.ToString().IndexOf("SuppressMessage", StringComparison.Ordinal) < 0
            || attribute.ArgumentList?.Arguments is not [_, { Expression: var id }, ..]
            || context.SemanticModel.GetConstantValue(id, context.CancellationToken).Value is not string text
            || Rule.Walls.FirstOrDefault(wall => text.StartsWith(wall, StringComparison.Ordinal)) is not { } silenced
        )
        {
            return;
        }

        // Not as a place in the source: there the attribute, or a second one, would silence this as well.
        var line = attribute.SyntaxTree.GetLineSpan(attribute.Span, context.CancellationToken);
        context.ReportDiagnostic(
            Diagnostic.Create(
                Rule.Silenced,
                Location.Create(line.Path, attribute.Span, line.Span),
                $"{Symbols.Who(context.ContainingSymbol)} silences {silenced}, which keeps modules apart; what it "
                    + "would have said is true all the same. "
                    + $"Remove the attribute and take one of the ways out that {silenced} names, or, if the rule is "
                    + "wrong here, correct the rule."
            )
        );
    }
}
