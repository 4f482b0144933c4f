using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BuildingBlocks.Analyzers.Sql;

/// <summary>
/// What a local variable will hold that is put together over several statements: a string by +=, a StringBuilder by its
/// appends, a StringWriter by its writes. All statements of the method that stand before count, in their order: which
/// branches are taken, and how often, is not looked at.
/// </summary>
internal static class StringPieces
{
    /// <summary>The variables that are being read, for one may be part of its own pieces.</summary>
    [ThreadStatic]
    private static ImmutableDictionary<ISymbol, string>? underWay;

    /// <returns>Null for a variable that one statement gives all it has.</returns>
    public static string? Of(ILocalReferenceOperation reference, int depth)
    {
        var local = reference.Local;
        var before = underWay
            ?? ImmutableDictionary.Create<ISymbol, string>(SymbolEqualityComparer.Default, StringComparer.Ordinal);
        if (before.TryGetValue(local, out var soFar))
        {
            return soFar;
        }

        if (
            !IsPutTogether(local.Type)
            || Pieces(reference, local).Where(piece => piece.Syntax.Span.End <= reference.Syntax.SpanStart).ToArray()
                is not { Length: > 1 } pieces
        )
        {
            return null;
        }

        var text = "";
        try
        {
            foreach (var piece in pieces)
            {
                underWay = before.SetItem(local, text);
                var next = Add(text, piece, depth + 1);
                text =
                    piece is ISimpleAssignmentOperation && text.Length > 0 && IsInBranch(piece, reference)
                        ? StringText.Either(text, next)
                        : next;
            }
        }
        finally
        {
            underWay = before;
        }

        return text;
    }

    /// <summary>Whether a statement may be passed over on the way to where its variable is read.</summary>
    private static bool IsInBranch(IOperation piece, IOperation reader)
    {
        for (var around = piece.Parent; around is not null; around = around.Parent)
        {
            if (around.Syntax.Span.Contains(reader.Syntax.Span))
            {
                return false;
            }

            if (around is IConditionalOperation or ISwitchOperation or ILoopOperation or ITryOperation)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a StringBuilder holds after a call of it.</summary>
    public static string After(string text, IInvocationOperation call, int depth)
    {
        var values = call.Arguments.Select(argument => StringText.Of(argument.Value, depth + 1)).ToArray();
        return call.TargetMethod.Name switch
        {
            "Append" or "Write" or "AppendLiteral" or "AppendFormatted" => text + string.Concat(values.Take(1)),
            "AppendLine" or "WriteLine" => text + string.Concat(values.Take(1)) + "\n",
            "AppendFormat" => text + StringText.Formatted(call, depth),
            "AppendJoin" => text + StringText.Joined(call, depth),
            "Insert" when values.Length > 1 => StringText.Number(call.Arguments[0].Value) is { } at && at <= text.Length
                ? text.Insert(at, values[1])
                : values[1] + text,
            "Replace" when values.Length > 1 && values[0].Length > 0 => text.Replace(values[0], values[1]),
            "Clear" => "",
            _ => text,
        };
    }

    /// <summary>Whether a += is the last one of its variable, so that the text is whole there.</summary>
    public static bool IsLast(ICompoundAssignmentOperation more) =>
        more.Target is ILocalReferenceOperation target
        && target.Local.Type.SpecialType == SpecialType.System_String
        && Pieces(more, target.Local).LastOrDefault() == more;

    /// <summary>Whether a variable's references in the same method satisfy a condition.</summary>
    public static bool AnyReference(ILocalReferenceOperation of, Func<IOperation, bool> condition) =>
        Root(of)
            .Descendants()
            .Any(operation =>
                operation is ILocalReferenceOperation other && Same(other.Local, of.Local) && condition(other)
            );

    // In a chain of calls the first one stands innermost, and ends first.
    private static IOperation[] Pieces(IOperation within, ILocalSymbol local) =>
        [
            .. Root(within)
                .Descendants()
                .Where(operation => IsPieceOf(operation, local))
                .OrderBy(operation => operation.Syntax.Span.End),
        ];

    private static bool IsPutTogether(ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_String || IsBuilder(type);

    /// <summary>Whether a type holds text that grows by calls.</summary>
    public static bool IsBuilder(ITypeSymbol? type) =>
        type?.Name is "StringBuilder" or "StringWriter" or "DefaultInterpolatedStringHandler";

    /// <summary>Whether a call gives the text that has grown.</summary>
    public static bool IsWhole(IInvocationOperation call) =>
        call.TargetMethod.Name is "ToString" or "ToStringAndClear" && IsBuilder(call.Instance?.Type);

    /// <summary>What a property holds after a +=, such as the CommandText of a command.</summary>
    public static string OfProperty(ICompoundAssignmentOperation more)
    {
        var target = (IPropertyReferenceOperation)more.Target;
        var text = "";
        foreach (
            var piece in Root(more)
                .Descendants()
                .OfType<IAssignmentOperation>()
                .Where(one => one.Target is IPropertyReferenceOperation other && IsSame(other, target))
                .Where(one => one.Syntax.Span.End <= more.Syntax.Span.End)
                .OrderBy(one => one.Syntax.Span.End)
        )
        {
            var value = StringText.Of(piece.Value);
            text = piece is ICompoundAssignmentOperation ? text + value : value;
        }

        return text;
    }

    private static bool IsSame(IPropertyReferenceOperation one, IPropertyReferenceOperation other) =>
        Same(one.Property, other.Property)
        && string.Equals(one.Instance?.Syntax.ToString(), other.Instance?.Syntax.ToString(), StringComparison.Ordinal);

    private static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }

    private static bool IsPieceOf(IOperation operation, ILocalSymbol local) =>
        operation switch
        {
            IVariableDeclaratorOperation { Symbol: var declared } => Same(declared, local),
            ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } => Same(target.Local, local),
            ICompoundAssignmentOperation
            {
                OperatorKind: BinaryOperatorKind.Add,
                Target: ILocalReferenceOperation target
            } => Same(target.Local, local),
            IInvocationOperation { TargetMethod.Name: not "ToString" and not "ToStringAndClear" } call
                when IsBuilder(call.Instance?.Type) => Builder(call) is ILocalReferenceOperation builder
                && Same(builder.Local, local),
            _ => false,
        };

    /// <summary>Whose calls a chain of appends is.</summary>
    private static IOperation? Builder(IInvocationOperation call)
    {
        var instance = call.Instance;
        while (instance is IInvocationOperation inner && IsBuilder(inner.Instance?.Type))
        {
            instance = inner.Instance;
        }

        return instance;
    }

    private static string Add(string text, IOperation piece, int depth) =>
        piece switch
        {
            IVariableDeclaratorOperation declared => (
                declared.Initializer ?? (declared.Parent as IVariableDeclarationOperation)?.Initializer
            )
                is { } start
                ? StringText.Of(start.Value, depth)
                : "",
            ICompoundAssignmentOperation more => text + StringText.Of(more.Value, depth),
            ISimpleAssignmentOperation anew => StringText.Of(anew.Value, depth),
            IInvocationOperation call => After(text, call, depth),
            _ => text,
        };

    private static bool Same(ISymbol one, ISymbol other) => SymbolEqualityComparer.Default.Equals(one, other);
}
