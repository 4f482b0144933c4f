using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace BuildingBlocks.Analyzers.Walls;

/// <summary>MM0013: publishes or schedules an event of another module's Contracts, or has a saga do it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ForeignEventAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule.ForeignEvent];

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
            if (!start.Compilation.SourceModule.ReferencedAssemblySymbols.Any(one => around.Contracts(one) is not null))
            {
                return;
            }

            start.RegisterOperationAction(operation => Published(operation, around), OperationKind.Invocation);
            start.RegisterOperationAction(operation => MadeBySaga(operation, around), OperationKind.ObjectCreation);
        });
    }

    private static void Published(OperationAnalysisContext context, Neighbourhood around)
    {
        var call = (IInvocationOperation)context.Operation;
        if (
            call.TargetMethod.Name is not ("Publish" or "Schedule")
            || !call.TargetMethod.ContainingType.Is("BuildingBlocks.EventLog.Publishing.ModuleDbContext")
        )
        {
            return;
        }

        foreach (var argument in call.Arguments)
        {
            var value = argument.Value;
            while (value is IConversionOperation conversion)
            {
                value = conversion.Operand;
            }

            Check(context, around, value);
        }
    }

    private static void MadeBySaga(OperationAnalysisContext context, Neighbourhood around)
    {
        if (Symbols.Around(context.ContainingSymbol).Any(type => type.Is("BuildingBlocks.EventLog.Sagas.Saga")))
        {
            Check(context, around, context.Operation);
        }
    }

    private static void Check(OperationAnalysisContext context, Neighbourhood around, IOperation made)
    {
        if (made.Type is { } type && around.Contracts(type.ContainingAssembly) is { } owner && type.IsEvent())
        {
            context.ReportDiagnostic(
                Diagnostic.Create(
                    Rule.ForeignEvent,
                    made.Syntax.GetLocation(),
                    $"{Symbols.Who(context.ContainingSymbol)} publishes {type.Name}, which is for module {owner.Name} "
                        + $"to say; its consumers read {Neighbourhood.Possessive(owner.Name)} outbox, "
                        + $"so nobody would hear it from {around.Own}. Publish an event of {around.Own}.Contracts "
                        + $"that {owner.Name} reacts to, or let {owner.Name} publish it where it happens."
                )
            );
        }
    }
}
