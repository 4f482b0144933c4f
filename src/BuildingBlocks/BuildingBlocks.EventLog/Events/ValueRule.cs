using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildingBlocks.EventLog.Events;

/// <summary>
/// One rule that an event declares for the values of a member, by an attribute of
/// System.ComponentModel.DataAnnotations.
/// </summary>
/// <param name="What">What a value that breaks it is told: <c>must be 1 to 10000</c>.</param>
/// <param name="Holds">Whether a value, never null, keeps it.</param>
internal sealed record ValueRule(string What, Func<object, bool> Holds)
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    /// <summary>The rule of an attribute; null when it only says that a member is there, as its type does.</summary>
    public static ValueRule? Of(ValidationAttribute attribute) =>
        attribute switch
        {
            RequiredAttribute => null,
            RangeAttribute range when LimitsOf(range) is var (lowest, highest) => new(
                $"must be {RangeText(range, lowest, highest)}",
                value =>
                    Number(value) is { } number
                    && (range.MinimumIsExclusive ? number > lowest : number >= lowest)
                    && (range.MaximumIsExclusive ? number < highest : number <= highest)
            ),
            StringLengthAttribute length => Sized(length.MinimumLength, length.MaximumLength),
            LengthAttribute length => Sized(length.MinimumLength, length.MaximumLength),
            MinLengthAttribute length => Sized(length.Length, most: null),
            MaxLengthAttribute length => Sized(least: 0, length.Length),
            RegularExpressionAttribute pattern => Matching(pattern.Pattern),
            EmailAddressAttribute address => new("must be an e-mail address", address.IsValid),
            AllowedValuesAttribute allowed => new(
                $"must be one of {string.Join(", ", allowed.Values)}",
                allowed.IsValid
            ),
            _ => new(attribute.ErrorMessage ?? $"breaks the rule {attribute.GetType().Name}", attribute.IsValid),
        };

    /// <summary>The lowest and the highest number that is allowed; null when it is no range of numbers.</summary>
    public static (decimal Lowest, decimal Highest)? LimitsOf(RangeAttribute range) =>
        Number(range.Minimum) is { } lowest && Number(range.Maximum) is { } highest ? (lowest, highest) : null;

    /// <summary>A number of any type, as exact as it is; null for what is none.</summary>
    private static decimal? Number(object value) =>
        value switch
        {
            double.NaN or float.NaN => null,
            double or float => Convert.ToDouble(value, CultureInfo.InvariantCulture) switch
            {
                >= (double)decimal.MaxValue => decimal.MaxValue,
                <= (double)decimal.MinValue => decimal.MinValue,
                var exact => (decimal)exact,
            },
            IConvertible number when number.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.Decimal =>
                number.ToDecimal(CultureInfo.InvariantCulture),
            string text => decimal.TryParse(text, CultureInfo.InvariantCulture, out var parsed) ? parsed : null,
            _ => null,
        };

    private static string RangeText(RangeAttribute range, decimal lowest, decimal highest)
    {
        var from = (range.MinimumIsExclusive ? "more than " : "") + lowest.ToString(CultureInfo.InvariantCulture);
        var to = (range.MaximumIsExclusive ? "less than " : "") + highest.ToString(CultureInfo.InvariantCulture);
        return highest is int.MaxValue or >= long.MaxValue
            ? $"{from}{(range.MinimumIsExclusive ? "" : " or more")}"
            : $"{from} to {to}";
    }

    private static ValueRule Sized(int least, int? most) =>
        new(
            "must have "
                + (least, most) switch
                {
                    (0, _) => string.Create(CultureInfo.InvariantCulture, $"at most {most}"),
                    (_, null) => string.Create(CultureInfo.InvariantCulture, $"{least} or more"),
                    _ => string.Create(CultureInfo.InvariantCulture, $"{least} to {most}"),
                }
                + " characters or elements",
            value => Size(value) is var size && size >= least && (most is null || size <= most)
        );

    private static int Size(object value) =>
        value switch
        {
            string text => text.Length,
            ICollection list => list.Count,
            IEnumerable list => list.Cast<object?>().Count(),
            _ => 0,
        };

    private static ValueRule Matching(string pattern)
    {
        // As the attribute does, the whole text has to match; $ alone would let a line feed through at its end.
        Regex whole = new($@"\A(?:{pattern})\z", RegexOptions.CultureInvariant, MatchLimit);
        return new($"must match {pattern}", value => value is string text && whole.IsMatch(text));
    }
}
