using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace BuildingBlocks.Analyzers.Slices;

/// <summary>
/// MM0008: SaveChanges elsewhere than where a unit of work begins, which is a command's handler, demo data, or a method
/// that makes its own service scope (background work, callbacks of the framework). Never in a reaction or saga: their
/// transaction moves the checkpoint too, and their caller saves.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MisplacedSaveAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule.MisplacedSave];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(Check, OperationKind.Invocation, OperationKind.MethodReference);
    }

    private static void Check(OperationAnalysisContext context)
    {
        var (method, instance) = context.Operation switch
        {
            IInvocationOperation call => (call.TargetMethod, call.Instance),
            IMethodReferenceOperation reference => (reference.Method, reference.Instance),
            _ => throw new InvalidOperationException(),
        };
        var isSave =
            method.Name is "SaveChanges" or "SaveChangesAsync"
            && method.ContainingType.Is("Microsoft.EntityFrameworkCore.DbContext");
        if (Reactions.ThatCallOutContain(context.ContainingSymbol) && (isSave || IsOfTransaction(method)))
        {
            Report(
                context,
                method,
                "in an outbound reaction, whose caller saves, in the transaction that writes down that the call ended",
                "Leave the line out: what the reaction changed is saved after it."
            );
            return;
        }

        if (Reactions.Contain(context.ContainingSymbol) && IsOfTransaction(method))
        {
            Report(
                context,
                method,
                "in a reaction, whose transaction is its caller's and moves the checkpoint too",
                "Leave the line out: what the reaction changed is committed after it, with the checkpoint, or not at "
                    + "all."
            );
            return;
        }

        if (!isSave || IsOverride(context, instance))
        {
            return;
        }

        var around = Symbols.Around(context.ContainingSymbol).ToArray();
        if (Reactions.Contain(context.ContainingSymbol))
        {
            Report(
                context,
                method,
                "in a reaction, whose caller saves, in the transaction that moves the checkpoint",
                "Leave the line out: what the reaction changed is saved after it."
            );
        }
        else if (!Array.Exists(around, BeginsWork) && !MakesScope(context.Operation))
        {
            Report(
                context,
                method,
                "where no unit of work begins, so a handler that calls this commits one half of its work before the "
                    + "other",
                "Change the entities here and save in the command's handler, or, in background work, make a service "
                    + "scope of its own and save in that."
            );
        }
    }

    /// <summary>Begins, commits or rolls back.</summary>
    private static bool IsOfTransaction(IMethodSymbol method)
    {
        var name = method.Name.EndsWith("Async", StringComparison.Ordinal)
            ? method.Name.Substring(0, method.Name.Length - "Async".Length)
            : method.Name;
        return name switch
        {
            "BeginTransaction" or "CommitTransaction" or "RollbackTransaction" or "UseTransaction" => method
                .ContainingType
                .Name
                is "DatabaseFacade"
                    or "RelationalDatabaseFacadeExtensions"
                || method.ContainingType.Is("System.Data.Common.DbConnection"),
            "Commit" or "Rollback" => method.ContainingType.Is(
                "Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction"
            ) || method.ContainingType.Is("System.Data.Common.DbTransaction"),
            _ => false,
        };
    }

    private static bool IsOverride(OperationAnalysisContext context, IOperation? instance) =>
        instance is IInstanceReferenceOperation
        && context.ContainingSymbol is IMethodSymbol { Name: "SaveChanges" or "SaveChangesAsync" };

    /// <summary>
    /// Handlers of commands, the module's own (also when they implement MediatR's interface themselves) and the Host's,
    /// and demo data.
    /// </summary>
    private static bool BeginsWork(INamedTypeSymbol type) =>
        type.Is("BuildingBlocks.Modules.IDemoData")
        || type.Is("BuildingBlocks.Application.IModuleCommandHandler")
        || type.AllInterfaces.Any(one =>
            one.IsNamed("MediatR.IRequestHandler") && !one.TypeArguments[0].Is("BuildingBlocks.Application.IQuery")
        );

    private static bool MakesScope(IOperation operation)
    {
        var body = operation;
        while (body.Parent is not null)
        {
            body = body.Parent;
        }

        return body.Descendants()
            .Any(one =>
                one
                    is IInvocationOperation
                    {
                        TargetMethod:
                        { Name: "CreateScope" or "CreateAsyncScope" or "CreateDbContext" or "CreateDbContextAsync" }
                    }
            );
    }

    private static void Report(OperationAnalysisContext context, IMethodSymbol method, string where, string instead) =>
        context.ReportDiagnostic(
            Diagnostic.Create(
                Rule.MisplacedSave,
                context.Operation.Syntax.GetLocation(),
                $"{Symbols.Who(context.ContainingSymbol)} calls {method.Name} {where}. {instead}"
            )
        );
}
