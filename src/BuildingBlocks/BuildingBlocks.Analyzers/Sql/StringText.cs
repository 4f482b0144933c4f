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
            IFieldReferenceOperation { Field.ContainingType.IsTupleType: true, Instance: { } tuple } field => Of(
                Structure(tuple) is ITupleOperation parts
                    ? parts.Elements.ElementAtOrDefault(IndexIn(field.Field))
                    : null,
                depth + 1
            ),
            IArrayElementReferenceOperation { Indices: [var index] } element => Element(
                Elements(element.ArrayReference),
                index,
                depth
            ),
            IPropertyReferenceOperation { Property.IsIndexer: true, Arguments: [var index], Instance: { } list } =>
                Element(Elements(list), index.Value, depth),
            IImplicitIndexerReferenceOperation { Argument: IRangeOperation range } slice => Slice(
                Of(slice.Instance, depth + 1),
                range
            ),
            IInvocationOperation call => Called(call, depth),
            IArrayCreationOperation or ICollectionExpressionOperation => string.Concat(
                Elements(operation).Select(element => Of(element, depth + 1))
            ),
            IObjectCreationOperation { Type.SpecialType: SpecialType.System_String, Arguments: { Length: > 0 } made } =>
                Of(made[0].Value, depth + 1),
            IObjectCreationOperation made when StringPieces.IsBuilder(made.Type) => made.Arguments.FirstOrDefault(
                argument => argument.Value.Type?.SpecialType == SpecialType.System_String
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

    /// <summary>One text for two, with a comma in between: behind FROM it leads to the next table.</summary>
    public static string Either(string one, string other) =>
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
            SingleVariableDesignationSyntax name => Deconstructed(name),
            _ => null,
        };
        var block = declaration switch
        {
            MethodDeclarationSyntax { Body: { } body } => body,
            LocalFunctionStatementSyntax { Body: { } body } => body,
            _ => null,
        };
        return block is not null
            && model is not null
            && model.SyntaxTree == block.SyntaxTree
            && model.GetOperation(block) is { } statements
                ? Returned(statements, depth)
            : value is null ? Unknown
            : model is not null && model.SyntaxTree == value.SyntaxTree ? Of(model.GetOperation(value), depth + 1)
            : value is LiteralExpressionSyntax literal ? literal.Token.ValueText
            : Unknown;
    }

    /// <summary>The part of a tuple that a variable of var (a, b) = (x, y) gets.</summary>
    private static ExpressionSyntax? Deconstructed(SingleVariableDesignationSyntax name) =>
        name.Parent
            is ParenthesizedVariableDesignationSyntax
            {
                Parent: DeclarationExpressionSyntax
                {
                    Parent: AssignmentExpressionSyntax { Right: TupleExpressionSyntax tuple }
                }
            } names
            ? tuple.Arguments.ElementAtOrDefault(names.Variables.IndexOf(name))?.Expression
            : null;

    private static string Called(IInvocationOperation call, int depth)
    {
        if (StringPieces.IsBuilder(call.Instance?.Type))
        {
            return StringPieces.IsWhole(call)
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

        if (call is { TargetMethod.MethodKind: MethodKind.DelegateInvoke, Instance: { } made })
        {
            return Structure(made) is IAnonymousFunctionOperation function ? Returned(function.Body, depth) : Unknown;
        }

        if (!IsStringFunction(call.TargetMethod))
        {
            return call.TargetMethod is { DeclaringSyntaxReferences: { Length: 1 } declared }
                ? Declared(declared[0].GetSyntax(), call.SemanticModel, depth)
                : Unknown;
        }

        var values = ValuesOf(call);
        switch (call.TargetMethod.Name)
        {
            case "Concat":
                return string.Concat(values.Select(value => Of(value, depth + 1)));
            case "Join":
                return Joined(call, depth);
            case "Format":
                return Formatted(call, depth);
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

    private static int? Number(IOperation[] values, int index) => index < values.Length ? Number(values[index]) : null;

    /// <summary>A number that is known when the code is compiled.</summary>
    public static int? Number(IOperation value) =>
        value.ConstantValue is { HasValue: true, Value: int number } ? number : null;

    /// <summary>What a call of Format or AppendFormat puts together.</summary>
    public static string Formatted(IInvocationOperation call, int depth)
    {
        var values = ValuesOf(call);
        var texts = values
            .Select(value => Of(value, depth + 1))
            .SkipWhile((_, i) => values[i].Type is not { SpecialType: SpecialType.System_String })
            .ToArray();
        return texts.Length == 0
            ? Unknown
            : Placeholder.Replace(texts[0], hole =>
                int.TryParse(hole.Groups["index"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index + 1 < texts.Length
                    ? texts[index + 1]
                    : Unknown
            );
    }

    /// <summary>What a call of Join or AppendJoin puts together.</summary>
    public static string Joined(IInvocationOperation call, int depth)
    {
        var values = ValuesOf(call);
        return values.Length == 0
            ? ""
            : string.Join(Of(values[0], depth + 1), values.Skip(1).Select(value => Of(value, depth + 1)));
    }

    private static IOperation[] ValuesOf(IInvocationOperation call) =>
        [.. call.Arguments.SelectMany(argument => Elements(argument.Value))];

    private static string Element(ImmutableArray<IOperation> elements, IOperation index, int depth) =>
        Number(index) is { } known
            ? Of(elements.ElementAtOrDefault(known), depth + 1)
            : elements.Select(element => Of(element, depth + 1)).DefaultIfEmpty(Unknown).Aggregate(Either);

    private static string Slice(string text, IRangeOperation range)
    {
        var (from, to) = (
            Bound(range.LeftOperand, text.Length, 0),
            Bound(range.RightOperand, text.Length, text.Length)
        );
        return from is { } start && to is { } end && start >= 0 && start <= end && end <= text.Length
            ? text.Substring(start, end - start)
            : Unknown;
    }

    private static int? Bound(IOperation? bound, int length, int otherwise) =>
        bound switch
        {
            null => otherwise,
            IConversionOperation conversion => Bound(conversion.Operand, length, otherwise),
            IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat } fromEnd => length - Number(fromEnd.Operand),
            _ => Number(bound),
        };

    private static int IndexIn(IFieldSymbol field) =>
        field.ContainingType.TupleElements.IndexOf(field, 0, SymbolEqualityComparer.Default) is >= 0 and var index
            ? index
            : field
                .ContainingType.TupleElements.ToList()
                .FindIndex(one =>
                    SymbolEqualityComparer.Default.Equals(one.CorrespondingTupleField, field.CorrespondingTupleField)
                );

    /// <summary>The tuple, collection or lambda that an expression stands for.</summary>
    private static IOperation? Structure(IOperation? operation) =>
        operation switch
        {
            IConversionOperation conversion => Structure(conversion.Operand),
            IParenthesizedOperation inner => Structure(inner.Operand),
            IDelegateCreationOperation created => Structure(created.Target),
            ILocalReferenceOperation { Local.DeclaringSyntaxReferences: [var declared] } local => OfInitializer(
                declared.GetSyntax(),
                local.SemanticModel
            ),
            IFieldReferenceOperation { Field: { IsReadOnly: true, DeclaringSyntaxReferences: [var declared] } } field =>
                OfInitializer(declared.GetSyntax(), field.SemanticModel),
            _ => operation,
        };

    private static IOperation? OfInitializer(SyntaxNode declaration, SemanticModel? model) =>
        declaration is VariableDeclaratorSyntax { Initializer.Value: var value }
        && model is not null
        && model.SyntaxTree == value.SyntaxTree
            ? Structure(model.GetOperation(value))
            : null;

    /// <summary>All that a body may return.</summary>
    private static string Returned(IOperation body, int depth) =>
        body.Descendants()
            .OfType<IReturnOperation>()
            .Where(one => one.ReturnedValue is not null)
            .Select(one => Of(one.ReturnedValue, depth + 1))
            .DefaultIfEmpty(Unknown)
            .Aggregate(Either);

    private static ImmutableArray<IOperation> Elements(IOperation value) =>
        value switch
        {
            IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
            ICollectionExpressionOperation list => list.Elements,
            IObjectCreationOperation { Initializer: { } added } =>
            [
                .. added
                    .Initializers.OfType<IInvocationOperation>()
                    .SelectMany(add => add.Arguments.Select(argument => argument.Value)),
            ],
            IConversionOperation { IsImplicit: true, Operand: var operand }
                when value.Type?.SpecialType == SpecialType.System_Object => [operand],
            IConversionOperation { Operand: ICollectionExpressionOperation list } => list.Elements,
            IConversionOperation { Operand: ILocalReferenceOperation or IFieldReferenceOperation } conversion =>
                Elements(conversion.Operand),
            ILocalReferenceOperation
            or IFieldReferenceOperation
                when value.Type?.SpecialType != SpecialType.System_String
                    && Structure(value) is { } structure
                    && structure != value => Elements(structure),
            _ => [value],
        };
}
