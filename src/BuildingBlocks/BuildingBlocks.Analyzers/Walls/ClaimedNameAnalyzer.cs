using System.Collections.Immutable;
using BuildingBlocks.Analyzers.Sql;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace BuildingBlocks.Analyzers.Walls;

/// <summary>
/// MM0015: reads a section of settings that is not the module's, or gives a meter or an activity source a name that
/// another module may have as well.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ClaimedNameAnalyzer : DiagnosticAnalyzer
{
    private const string Settings = "Microsoft.Extensions.Configuration.IConfiguration";

    private static readonly string[] Sources =
    [
        "System.Diagnostics.Metrics.Meter",
        "System.Diagnostics.Metrics.MeterOptions",
        "System.Diagnostics.ActivitySource",
        "System.Diagnostics.ActivitySourceOptions",
    ];

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule.ClaimedName];

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
            start.RegisterOperationAction(operation => Called(operation, around), OperationKind.Invocation);
            start.RegisterOperationAction(operation => Made(operation, around), OperationKind.ObjectCreation);
            start.RegisterOperationAction(operation => Indexed(operation, around), OperationKind.PropertyReference);
        });
    }

    private static void Made(OperationAnalysisContext context, Neighbourhood around)
    {
        var made = (IObjectCreationOperation)context.Operation;
        if (made.Type is { } type && Array.Exists(Sources, type.IsNamed))
        {
            CheckSource(context, around, made.Arguments);
        }
    }

    private static void Called(OperationAnalysisContext context, Neighbourhood around)
    {
        var call = (IInvocationOperation)context.Operation;
        var method = call.TargetMethod;
        if (method.Name is "Create" && method.ContainingType.Name is "MeterFactoryExtensions")
        {
            CheckSource(context, around, call.Arguments);
        }
        else if (
            method.Name is "BindConfiguration"
            || (
                method.Name is "GetSection" or "GetRequiredSection" or "GetValue" or "GetConnectionString"
                && (call.Instance ?? call.Arguments.FirstOrDefault()?.Value) is { } settings
                && IsRoot(settings)
            )
        )
        {
            var path = method.Name is "GetConnectionString" ? "ConnectionStrings:" : "";
            CheckSection(context, around, path + TextOf(call.Arguments));
        }
    }

    private static void Indexed(OperationAnalysisContext context, Neighbourhood around)
    {
        var read = (IPropertyReferenceOperation)context.Operation;
        if (read.Property.IsIndexer && read.Instance is { } settings && IsRoot(settings))
        {
            CheckSection(context, around, TextOf(read.Arguments));
        }
    }

    /// <summary>Whether all settings are read, rather than what one section holds.</summary>
    private static bool IsRoot(IOperation settings)
    {
        var value = settings is IConversionOperation conversion ? conversion.Operand : settings;
        return value.Type is { } type && type.Is(Settings) && !type.Is(Settings + "Section");
    }

    private static string TextOf(ImmutableArray<IArgumentOperation> arguments) =>
        arguments.FirstOrDefault(one => one.Value.Type?.SpecialType is SpecialType.System_String) is { } argument
            ? StringText.Of(argument.Value)
            : StringText.Unknown;

    private static void CheckSection(OperationAnalysisContext context, Neighbourhood around, string path)
    {
        // What stands below Modules is the Host's, by module; MM0002 refuses another one's.
        var section = path.Split(':')[0];
        if (
            !section.Contains(StringText.Unknown)
            && !section.Equals(around.OwnSchema, StringComparison.OrdinalIgnoreCase)
            && !section.Equals("Modules", StringComparison.OrdinalIgnoreCase)
        )
        {
            Report(
                context,
                $"reads the setting '{path.Replace(StringText.Unknown, "...")}', which is not of the module's section "
                    + $"'{around.OwnSchema}', so that whoever has it cannot change it alone. Declare it in a class of "
                    + "options and read that (module.Options<...>())."
            );
        }
    }

    private static void CheckSource(
        OperationAnalysisContext context,
        Neighbourhood around,
        ImmutableArray<IArgumentOperation> arguments
    )
    {
        // Made of options, which have the name.
        if (arguments.FirstOrDefault(one => one.Parameter?.Name is "name") is not { } argument)
        {
            return;
        }

        var own = $"Modules.{around.Own}";
        var name = StringText.Of(argument.Value);
        if (!name.Equals(own, StringComparison.Ordinal) && !name.StartsWith(own + ".", StringComparison.Ordinal))
        {
            Report(
                context,
                $"measures under the name '{name.Replace(StringText.Unknown, "...")}', which another module may have "
                    + $"as well, and which is not sent to the collector. Name it {own}, or {own}.<something>."
            );
        }
    }

    private static void Report(OperationAnalysisContext context, string does) =>
        context.ReportDiagnostic(
            Diagnostic.Create(
                Rule.ClaimedName,
                context.Operation.Syntax.GetLocation(),
                $"{Symbols.Who(context.ContainingSymbol)} {does}"
            )
        );
}
