using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BuildingBlocks.Analyzers.Contracts;

/// <summary>
/// MM0006: an event that is no sealed record, has no wire name or version, or whose type is called after another
/// version; two of one name.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EventIdentityAnalyzer : DiagnosticAnalyzer
{
    private static readonly Regex WireName = new(
        "^[a-z][a-z0-9]*([.-][a-z0-9]+)+$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(1)
    );

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule.EventIdentity];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            ConcurrentDictionary<string, ConcurrentBag<INamedTypeSymbol>> byName = new(StringComparer.Ordinal);
            start.RegisterSymbolAction(symbol => Check(symbol, byName), SymbolKind.NamedType);
            start.RegisterCompilationEndAction(end => CheckNames(end, byName));
        });
    }

    private static void Check(
        SymbolAnalysisContext context,
        ConcurrentDictionary<string, ConcurrentBag<INamedTypeSymbol>> byName
    )
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct) || !type.IsEvent())
        {
            return;
        }

        if (type.IsAbstract && type.TypeKind == TypeKind.Class)
        {
            // What several events have in common is not one itself.
            return;
        }

        if (!type.IsRecord || !type.IsSealed || type.TypeKind != TypeKind.Class || type.IsGenericType)
        {
            Report(
                context.ReportDiagnostic,
                type,
                "is an event but no sealed record, so two equal ones would differ, or one could hide more than its "
                    + "type says",
                "Declare it as a sealed record without type parameters."
            );
        }

        if (Symbols.WireAttribute(type) is not { } attribute)
        {
            Report(
                context.ReportDiagnostic,
                type,
                "is an event without a wire name, so its name on the wire would change whenever somebody renames it",
                "Give it [IntegrationEvent(\"noun.verbed\", version: 1)]."
            );
            return;
        }

        if (attribute.ConstructorArguments is not [{ Value: string name }, { Value: short version }])
        {
            return;
        }

        if (!WireName.IsMatch(name))
        {
            Report(
                context.ReportDiagnostic,
                type,
                $"is called '{name}' on the wire",
                "Wire names are lower-case words joined by dots and hyphens, such as order.confirmed; they are for "
                    + "ever, so they follow one form."
            );
        }

        if (version < 1)
        {
            Report(
                context.ReportDiagnostic,
                type,
                $"has version {version.ToString(CultureInfo.InvariantCulture)}",
                "Versions count from 1."
            );
        }
        else if (!type.Name.EndsWith("V" + version.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))
        {
            Report(
                context.ReportDiagnostic,
                type,
                $"has version {version.ToString(CultureInfo.InvariantCulture)} on the wire but is called otherwise in "
                    + "code, so whoever reads code and outbox side by side takes one version for another",
                $"Call it {Unversioned(type.Name)}V{version.ToString(CultureInfo.InvariantCulture)}, or correct the "
                    + "version."
            );
        }

        byName.GetOrAdd($"{name} version {version.ToString(CultureInfo.InvariantCulture)}", _ => []).Add(type);
    }

    private static void CheckNames(
        CompilationAnalysisContext context,
        ConcurrentDictionary<string, ConcurrentBag<INamedTypeSymbol>> byName
    )
    {
        foreach (var same in byName.Where(one => one.Value.Count > 1))
        {
            var types = same.Value.OrderBy(type => type.Name, StringComparer.Ordinal).ToArray();
            foreach (var type in types.Skip(1))
            {
                Report(
                    context.ReportDiagnostic,
                    type,
                    $"is {same.Key} on the wire, and so is {types[0].Name}; consumers could not tell them apart",
                    "Give one another name, or the next version."
                );
            }
        }
    }

    private static string Unversioned(string name)
    {
        var end = name.Length;
        while (end > 0 && char.IsDigit(name[end - 1]))
        {
            end--;
        }

        return end > 0 && end < name.Length && name[end - 1] == 'V' ? name.Substring(0, end - 1) : name;
    }

    private static void Report(Action<Diagnostic> report, INamedTypeSymbol type, string what, string instead) =>
        report(
            Diagnostic.Create(
                Rule.EventIdentity,
                type.Locations.FirstOrDefault(one => one.IsInSource) ?? Location.None,
                $"{type.ToDisplayString()} {what}. {instead}"
            )
        );
}
