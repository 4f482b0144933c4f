using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BuildingBlocks.Analyzers.Sql;

/// <summary>
/// What a string will hold, as far as it can be read from the code: literals, constants, interpolation, concatenation,
/// string.Format and the like.
/// </summary>
internal static class StringText
{
    /// <summary>Stands for whatever is known only at run time; no part of any SQL name.</summary>
    public const string Unknown = "\u0001";

    private const int MaxDepth = 24;

    private static readonly Regex Placeholder = new(
        @"\{(?<index>\d+)[^}]*\}",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(1)
    );

    /// <summary>Whether the operation is only a part of a larger string, which is then the one to look at.</summary>
    public static bool IsPart(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            switch (parent)
            {
                case IConversionOperation
                or IParenthesizedOperation
                or IInterpolationOperation
                or IInterpolatedStringTextOperation
                or IArrayInitializerOperation
                or IArrayCreationOperation
                or ICollectionExpressionOperation
                or IConditionalOperation { Type.SpecialType: SpecialType.System_String }
                or ICoalesceOperation:
                    continue;
                case IInterpolatedStringOperation
                or IInterpolatedStringAppendOperation
                or IInterpolatedStringAdditionOperation:
                    return true;
                case IBinaryOperation
                {
                    OperatorKind: BinaryOperatorKind.Add,
                    Type.SpecialType: SpecialType.System_String
                }:
                    return true;
                case IArgumentOperation { Parent: IInvocationOperation call }:
                    return IsStringFunction(call.TargetMethod) || IsInterpolationCall(call);
                case IInvocationOperation call:
                    return IsStringFunction(call.TargetMethod) || IsInterpolationCall(call);
                default:
                    return false;
            }
        }

        return false;
    }

    public static bool IsStringFunction(IMethodSymbol method) =>
        method.ContainingType is { SpecialType: SpecialType.System_String }
        && method.Name
            is "Concat"
                or "Format"
                or "Join"
                or "Replace"
                or "Trim"
                or "TrimStart"
                or "TrimEnd"
                or "ToUpperInvariant"
                or "ToLowerInvariant"
                or "ToUpper"
                or "ToLower"
                or "Substring"
                or "Insert"
                or "Remove";

    /// <summary>Reads the string; <see cref="Unknown"/> where it cannot be known.</summary>
    public static string Of(IOperation? operation, int depth = 0)
    {
        if (operation is null || depth > MaxDepth)
        {
            return Unknown;
        }

        if (operation.ConstantValue is { HasValue: true, Value: var constant })
        {
            return constant?.ToString() ?? "";
        }

        return operation switch
        {
            IUtf8StringOperation bytes => bytes.Value,
            IInterpolatedStringOperation text => string.Concat(text.Parts.Select(part => Part(part, depth))),
            IInterpolatedStringHandlerCreationOperation handler => Of(handler.Content, depth + 1),
            IInterpolatedStringAdditionOperation sum => Of(sum.Left, depth + 1) + Of(sum.Right, depth + 1),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum => Of(sum.LeftOperand, depth + 1)
                + Of(sum.RightOperand, depth + 1),
            IConversionOperation conversion => Of(conversion.Operand, depth + 1),
            IParenthesizedOperation inner => Of(inner.Operand, depth + 1),
            // One string for all, with a comma in between: behind FROM it leads to the next table.
            IConditionalOperation choice => Either(Of(choice.WhenTrue, depth + 1), Of(choice.WhenFalse, depth + 1)),
            ICoalesceOperation choice => Either(Of(choice.Value, depth + 1), Of(choice.WhenNull, depth + 1)),
            ISwitchExpressionOperation choice => choice.Arms.Select(arm => Of(arm.Value, depth + 1)).Aggregate(Either),
            ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Add } more => Of(more.Target, depth + 1)
                + Of(more.Value, depth + 1),
            ILocalReferenceOperation local when StringPieces.Of(local, depth) is { } pieces => pieces,
            ILocalReferenceOperation { Local: { DeclaringSyntaxReferences: { Length: 1 } declared } } local => Declared(
                declared[0].GetSyntax(),
                local.SemanticModel,
                depth
            ),
            IFieldReferenceOperation
            {
                Field: { IsReadOnly: true, DeclaringSyntaxReferences: { Length: 1 } declared }
            } field => Declared(declared[0].GetSyntax(), field.SemanticModel, depth),
            IPropertyReferenceOperation
            {
                Property: { SetMethod: null, DeclaringSyntaxReferences: { Length: 1 } declared }
            } property => Declared(declared[0].GetSyntax(), property.SemanticModel, depth),
            IInvocationOperation call => Called(call, depth),
            IArrayCreationOperation or ICollectionExpressionOperation => string.Concat(
                Elements(operation).Select(element => Of(element, depth + 1))
            ),
            IObjectCreationOperation { Type.SpecialType: SpecialType.System_String, Arguments: { Length: > 0 } made } =>
                Of(made[0].Value, depth + 1),
            IObjectCreationOperation { Type.Name: "StringBuilder" } made => made.Arguments.FirstOrDefault(argument =>
                argument.Value.Type?.SpecialType == SpecialType.System_String
            )
                is { } start
                ? Of(start.Value, depth + 1)
                : "",
            _ => Unknown,
        };
    }

    private static bool IsInterpolationCall(IInvocationOperation call) =>
        call.Parent is IInterpolatedStringAppendOperation;

    private static string Part(IInterpolatedStringContentOperation part, int depth) =>
        part switch
        {
            IInterpolatedStringTextOperation text => Of(text.Text, depth + 1),
            IInterpolationOperation hole => Of(hole.Expression, depth + 1),
            IInterpolatedStringAppendOperation
            {
                AppendCall: IInvocationOperation { Arguments: { Length: > 0 } arguments }
            } => Of(arguments[0].Value, depth + 1),
            _ => Unknown,
        };

    private static string Either(string one, string other) =>
        one.Contains(Unknown) && one.Length == 1 ? other
        : other.Contains(Unknown) && other.Length == 1 ? one
        : $"{one} , {other}";

    private static string Declared(SyntaxNode declaration, SemanticModel? model, int depth)
    {
        var value = declaration switch
        {
            VariableDeclaratorSyntax { Initializer: { } initializer } => initializer.Value,
            PropertyDeclarationSyntax { ExpressionBody: { } body } => body.Expression,
            PropertyDeclarationSyntax { Initializer: { } initializer } => initializer.Value,
            MethodDeclarationSyntax { ExpressionBody: { } body } => body.Expression,
            LocalFunctionStatementSyntax { ExpressionBody: { } body } => body.Expression,
            _ => null,
        };
        return value is null ? Unknown
            : model is not null && model.SyntaxTree == value.SyntaxTree ? Of(model.GetOperation(value), depth + 1)
            : value is LiteralExpressionSyntax literal ? literal.Token.ValueText
            : Unknown;
    }

    private static string Called(IInvocationOperation call, int depth)
    {
        if (call.TargetMethod is { ContainingType.Name: "StringBuilder" })
        {
            return call.TargetMethod.Name is "ToString"
                ? Of(call.Instance, depth + 1)
                : StringPieces.After(Of(call.Instance, depth + 1), call, depth);
        }

        if (
            call.TargetMethod is { Name: "ToString" or "ToCharArray" or "AsSpan" or "AsMemory" }
            && (call.Instance ?? call.Arguments.FirstOrDefault()?.Value) is { } same
        )
        {
            return Of(same, depth + 1);
        }

        if (!IsStringFunction(call.TargetMethod))
        {
            return call.TargetMethod is { DeclaringSyntaxReferences: { Length: 1 } declared }
                ? Declared(declared[0].GetSyntax(), call.SemanticModel, depth)
                : Unknown;
        }

        var values = call.Arguments.SelectMany(argument => Elements(argument.Value)).ToArray();
        switch (call.TargetMethod.Name)
        {
            case "Concat":
                return string.Concat(values.Select(value => Of(value, depth + 1)));
            case "Join" when values.Length > 0:
                return string.Join(Of(values[0], depth + 1), values.Skip(1).Select(value => Of(value, depth + 1)));
            case "Format":
                var texts = values
                    .Select(value => Of(value, depth + 1))
                    .SkipWhile((_, i) => values[i].Type is not { SpecialType: SpecialType.System_String })
                    .ToArray();
                return texts.Length == 0
                    ? Unknown
                    : Placeholder.Replace(texts[0], hole =>
                        int.TryParse(
                            hole.Groups["index"].Value,
                            NumberStyles.None,
                            CultureInfo.InvariantCulture,
                            out var index
                        )
                        && index + 1 < texts.Length
                            ? texts[index + 1]
                            : Unknown
                    );
            case "Substring"
                when Of(call.Instance, depth + 1) is var whole
                    && Number(values, 0) is { } start
                    && start <= whole.Length:
                return Number(values, 1) is { } length && start + length <= whole.Length
                    ? whole.Substring(start, length)
                    : whole.Substring(start);
            case "Remove"
                when Of(call.Instance, depth + 1) is var entire && Number(values, 0) is { } cut && cut <= entire.Length:
                return Number(values, 1) is { } gone && cut + gone <= entire.Length
                    ? entire.Remove(cut, gone)
                    : entire.Substring(0, cut);
            case "Insert"
                when values.Length == 2
                    && Of(call.Instance, depth + 1) is var around
                    && Number(values, 0) is { } at
                    && at <= around.Length:
                return around.Insert(at, Of(values[1], depth + 1));
            case "Replace" when values.Length >= 2 && Of(values[0], depth + 1) is { Length: > 0 } old:
                return Of(call.Instance, depth + 1).Replace(old, Of(values[1], depth + 1));
            default:
                return Of(call.Instance, depth + 1);
        }
    }

    private static int? Number(IOperation[] values, int index) =>
        index < values.Length && values[index].ConstantValue is { HasValue: true, Value: int number } ? number : null;

    private static ImmutableArray<IOperation> Elements(IOperation value) =>
        value switch
        {
            IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
            ICollectionExpressionOperation list => list.Elements,
            IConversionOperation { IsImplicit: true, Operand: var operand }
                when value.Type?.SpecialType == SpecialType.System_Object => [operand],
            IConversionOperation { Operand: ICollectionExpressionOperation list } => list.Elements,
            _ => [value],
        };
}
