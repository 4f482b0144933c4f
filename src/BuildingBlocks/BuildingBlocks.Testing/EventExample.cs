using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;

namespace BuildingBlocks.Testing;

/// <summary>
/// Fills in an event so that it is well formed: every id new, every list with one element, every text named after its
/// parameter, and all within the rules that the event declares, as far as a value follows from a rule.
/// </summary>
internal static class EventExample
{
    public static IIntegrationEvent Of(Type eventType) => (IIntegrationEvent)Value(eventType, eventType.Name)!;

    /// <summary>
    /// The second event as it would be if it spoke of the same things as the first: all that its key does not tell is
    /// taken over.
    /// </summary>
    public static IIntegrationEvent SpeakingOfTheSame(IIntegrationEvent first, IIntegrationEvent second)
    {
        var type = second.GetType();
        var constructor = type.GetConstructors().MaxBy(one => one.GetParameters().Length)!;
        return (IIntegrationEvent)
            constructor.Invoke([
                .. constructor
                    .GetParameters()
                    .Select(parameter =>
                    {
                        var member = type.GetProperty(parameter.Name!)!;
                        var own = member.GetValue(second);
                        return
                            own?.ToString() is { Length: > 0 } text
                            && second.Key.Contains(text, StringComparison.Ordinal)
                            ? own
                            : member.GetValue(first);
                    }),
            ]);
    }

    private static object? Value(Type type, string name)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (Simple(plain, name) is { } simple)
        {
            return simple;
        }

        if (plain.IsEnum)
        {
            return Enum.GetValues(plain).GetValue(0);
        }

        return plain != typeof(string) && plain.IsAssignableTo(typeof(IEnumerable))
            ? ListOf(plain, name)
            : ObjectOf(plain);
    }

    private static object? Simple(Type type, string name) =>
        type switch
        {
            _ when type == typeof(Guid) => Guid.CreateVersion7(),
            _ when type == typeof(string) => Text(name),
            _ when type == typeof(int) => 1,
            _ when type == typeof(long) => 100L,
            _ when type == typeof(short) => (short)1,
            _ when type == typeof(decimal) => 1m,
            _ when type == typeof(double) => 1d,
            _ when type == typeof(bool) => true,
            _ when type == typeof(DateTimeOffset) => new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero),
            _ when type == typeof(DateOnly) => new DateOnly(2030, 1, 1),
            _ when type == typeof(TimeSpan) => TimeSpan.FromMinutes(1),
            _ => null,
        };

    private static string Text(string name) =>
        name switch
        {
            _ when name.Contains("currency", StringComparison.OrdinalIgnoreCase) => "EUR",
            _ when name.Contains("country", StringComparison.OrdinalIgnoreCase) => "DE",
            _ when name.Contains("email", StringComparison.OrdinalIgnoreCase) =>
                $"{Guid.CreateVersion7():N}@example.com",
            _ when name.Contains("role", StringComparison.OrdinalIgnoreCase) => "user",
            _ when name.Contains("token", StringComparison.OrdinalIgnoreCase) => "tok_ok",
            _ => $"{name}-{Guid.CreateVersion7().ToString("N")[^8..]}",
        };

    private static object? ListOf(Type list, string name)
    {
        var arguments = list.IsArray ? [list.GetElementType()!] : list.GetGenericArguments();
        if (arguments.Length == 2)
        {
            return Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments));
        }

        var elements = Array.CreateInstance(arguments[0], 1);
        elements.SetValue(Value(arguments[0], name), 0);
        return list.IsAssignableFrom(elements.GetType())
            ? elements
            : Activator.CreateInstance(typeof(List<>).MakeGenericType(arguments), elements);
    }

    private static object ObjectOf(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(one => one.GetParameters().Length)
            ?? throw new InvalidOperationException(
                $"{type.FullName} has no public constructor; override ExampleOf to give an example of the event it "
                    + "belongs to."
            );
        return constructor.Invoke([
            .. constructor
                .GetParameters()
                .Select(parameter => Within(RulesOf(type, parameter), Value(parameter.ParameterType, parameter.Name!))),
        ]);
    }

    private static IEnumerable<ValidationAttribute> RulesOf(Type type, ParameterInfo parameter) =>
        parameter
            .GetCustomAttributes<ValidationAttribute>()
            .Concat(type.GetProperty(parameter.Name!)?.GetCustomAttributes<ValidationAttribute>() ?? []);

    private static object? Within(IEnumerable<ValidationAttribute> rules, object? value) =>
        rules.Aggregate(value, (so, rule) => so is null || ValueRule.Of(rule)?.Holds(so) is not false
                ? so
                : (rule, so) switch
                {
                    (AllowedValuesAttribute allowed, _) => allowed.Values.FirstOrDefault(),
                    (RangeAttribute range, IConvertible number)
                        when ValueRule.LimitsOf(range) is var (lowest, highest) => Convert.ChangeType(
                        number.ToDecimal(CultureInfo.InvariantCulture) < lowest ? lowest : highest,
                        so.GetType(),
                        CultureInfo.InvariantCulture
                    ),
                    (StringLengthAttribute length, string text) => text.Length > length.MaximumLength
                        ? text[^length.MaximumLength..]
                        : text.PadRight(length.MinimumLength, '.'),
                    _ => so,
                });
}
