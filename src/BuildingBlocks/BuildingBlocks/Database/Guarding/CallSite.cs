using System.Diagnostics;
using System.Globalization;

namespace BuildingBlocks.Database.Guarding;

/// <summary>Finds in a stack who is to blame: the first method that belongs to no library.</summary>
internal static class CallSite
{
    private static readonly string[] Libraries =
    [
        "System",
        "Microsoft",
        "Npgsql",
        "MediatR",
        "FluentValidation",
        "Scrutor",
        "Shouldly",
        "xunit",
    ];

    /// <summary>
    /// Type, method, file and line; the building blocks themselves only where nobody else is on the stack.
    /// </summary>
    public static string? In(StackTrace stack)
    {
        string? ours = null;
        foreach (var frame in stack.GetFrames())
        {
            if (
                frame.GetMethod() is not { DeclaringType: { } type } method
                || Array.Exists(Libraries, library => IsOf(type, library))
            )
            {
                continue;
            }

            if (type.Assembly.GetName().Name is not ("BuildingBlocks" or "BuildingBlocks.Testing"))
            {
                return Describe(frame, type, method.Name);
            }

            if (type.Namespace?.EndsWith(".Guarding", StringComparison.Ordinal) is not true)
            {
                ours ??= Describe(frame, type, method.Name);
            }
        }

        return ours;
    }

    private static bool IsOf(Type type, string library) =>
        type.Assembly.GetName().Name is { } name
        && name.StartsWith(library, StringComparison.Ordinal)
        && (name.Length == library.Length || name[library.Length] is '.');

    private static string Describe(StackFrame frame, Type type, string method)
    {
        // An async method is a class of its own, <Handle>d__1, inside of the one it was written in; so is a lambda.
        while (type is { DeclaringType: { } outer } && type.Name.StartsWith('<'))
        {
            method = Between(type.Name) is { Length: > 0 } written ? written : method;
            type = outer;
        }

        method = method.StartsWith('<') ? Between(method) : method;
        var line = frame.GetFileName() is { } file
            ? string.Create(CultureInfo.InvariantCulture, $" ({file}:{frame.GetFileLineNumber()})")
            : "";
        return $"{type.FullName}.{method}{line}";
    }

    private static string Between(string name) => name[1..Math.Max(1, name.IndexOf('>', StringComparison.Ordinal))];
}
