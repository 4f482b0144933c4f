using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace BuildingBlocks.Analyzers.Slices;

/// <summary>
/// MM0014: an endpoint that neither demands nor waives authorization, as far as one can be certain of it within the
/// method that maps it.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OpenEndpointAnalyzer : DiagnosticAnalyzer
{
    private const string Framework = "Microsoft.AspNetCore";

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule.OpenEndpoint];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(Check, OperationKind.Invocation);
    }

    private static void Check(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        if (
            call.TargetMethod
                is not {
                    Name: "Map" or "MapGet" or "MapPost" or "MapPut" or "MapDelete" or "MapPatch" or "MapMethods",
                    ContainingType.Name: "EndpointRouteBuilderExtensions"
                }
            || !Symbols.Around(context.ContainingSymbol).Any(type => type.Is("BuildingBlocks.Web.IEndpoint"))
            || call.Arguments.Any(argument => Says(argument.Value))
            || IsDecidedBefore(call)
            || IsDecidedAfter(call)
        )
        {
            return;
        }

        var route = call.Arguments.Select(argument => argument.Value.ConstantValue)
            .FirstOrDefault(value => value is { HasValue: true, Value: string })
            .Value
            ?? "a route";
        context.ReportDiagnostic(
            Diagnostic.Create(
                Rule.OpenEndpoint,
                call.Syntax.GetLocation(),
                $"{Symbols.Who(context.ContainingSymbol)} maps {route} without saying who may call it, so a forgotten "
                    + "line decides. "
                    + "End it with .RequireAuthorization(Policies...), or with .AllowAnonymous() when it is for "
                    + "everybody."
            )
        );
    }

    /// <summary>[Authorize] or [AllowAnonymous] on the handler.</summary>
    private static bool Says(IOperation handler)
    {
        while (handler is IConversionOperation conversion)
        {
            handler = conversion.Operand;
        }

        var method = handler is IDelegateCreationOperation { Target: var target }
            ? target switch
            {
                IAnonymousFunctionOperation lambda => lambda.Symbol,
                IMethodReferenceOperation reference => reference.Method,
                _ => null,
            }
            : null;
        return method is not null
            && method
                .GetAttributes()
                .Concat(method.ContainingType.GetAttributes())
                .Any(one =>
                    one.AttributeClass is { } attribute
                    && (
                        attribute.Name is "AllowAnonymousAttribute"
                        || attribute.Is("Microsoft.AspNetCore.Authorization.AuthorizeAttribute")
                    )
                );
    }

    /// <summary>The group that it is mapped in says it, or comes from somewhere else.</summary>
    private static bool IsDecidedBefore(IInvocationOperation call)
    {
        var receiver = Receiver(call);
        while (receiver is IInvocationOperation before)
        {
            if (Decides(before))
            {
                return true;
            }

            receiver = Receiver(before);
        }

        return receiver is not IParameterReferenceOperation;
    }

    /// <summary>What follows says it, or cannot be followed.</summary>
    private static bool IsDecidedAfter(IInvocationOperation call)
    {
        for (var parent = call.Parent; ; parent = parent.Parent)
        {
            switch (parent)
            {
                case IConversionOperation or IArgumentOperation:
                    continue;
                case IInvocationOperation next when ReferenceEquals(Receiver(next), call) || IsInChain(next, call):
                    if (Decides(next))
                    {
                        return true;
                    }

                    continue;
                case IExpressionStatementOperation or IReturnOperation:
                case ISimpleAssignmentOperation { Target: IDiscardOperation }:
                    return false;
                default:
                    return true;
            }
        }
    }

    private static bool IsInChain(IInvocationOperation next, IInvocationOperation call)
    {
        var receiver = Receiver(next);
        while (receiver is IInvocationOperation before && !ReferenceEquals(before, call))
        {
            receiver = Receiver(before);
        }

        return receiver is IInvocationOperation;
    }

    /// <summary>Says who may call, or may say so, because it is a method of somebody else's.</summary>
    private static bool Decides(IInvocationOperation call) =>
        call.TargetMethod.Name is "RequireAuthorization" or "AllowAnonymous" or "WithMetadata" or "Add"
        || !call.TargetMethod.ContainingNamespace.ToDisplayString().StartsWith(Framework, StringComparison.Ordinal);

    private static IOperation? Receiver(IInvocationOperation call)
    {
        var receiver = call.Instance
            ?? (
                call.TargetMethod.IsExtensionMethod
                    ? call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value
                    : null
            );
        while (receiver is IConversionOperation conversion)
        {
            receiver = conversion.Operand;
        }

        return receiver;
    }
}
