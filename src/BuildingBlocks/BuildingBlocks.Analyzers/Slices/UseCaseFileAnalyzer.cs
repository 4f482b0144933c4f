using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BuildingBlocks.Analyzers.Slices;

/// <summary>MM0007: a request in Features/ whose file is called otherwise.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UseCaseFileAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule.UseCaseFile];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Check, SymbolKind.NamedType);
    }

    private static void Check(SymbolAnalysisContext context)
    {
        var request = (INamedTypeSymbol)context.Symbol;
        if (request.IsAbstract || !request.Is("BuildingBlocks.Application.IModuleRequest"))
        {
            return;
        }

        // A request may be partial, or stand inside of a class that is called like the use case.
        var names = Symbols.Around(request).Select(type => type.Name).ToArray();
        var files = request.Locations.Where(one => one.IsInSource).ToArray();
        if (
            files.Length > 0
            && Array.TrueForAll(files, file =>
                IsInFeatures(file.SourceTree!.FilePath)
                && !names.Contains(FileName(file.SourceTree.FilePath), StringComparer.Ordinal)
            )
        )
        {
            context.ReportDiagnostic(
                Diagnostic.Create(
                    Rule.UseCaseFile,
                    files[0],
                    $"{request.ToDisplayString()} stands in {Path.GetFileName(files[0].SourceTree!.FilePath)}; a use "
                        + "case is looked for in the file of its name. "
                        + $"Move it into {request.Name}.cs, one use case a file, or rename the file."
                )
            );
        }
    }

    private static bool IsInFeatures(string path) => path.Split('/', '\\').Contains("Features", StringComparer.Ordinal);

    /// <summary>Up to the first dot: PlaceOrder.Parts.cs belongs to PlaceOrder as well.</summary>
    private static string FileName(string path) => Path.GetFileName(path.Replace('\\', '/')).Split('.')[0];
}
