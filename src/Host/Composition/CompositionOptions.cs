using System.ComponentModel.DataAnnotations;

namespace Host.Composition;

/// <summary>How long answers that are composed of several modules wait for each of them.</summary>
internal sealed class CompositionOptions : IValidatableObject
{
    public const string Section = "Composition";

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>How long one module may take to answer; 10 milliseconds to 20 seconds.</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The same for single modules, by name, where it differs.</summary>
    public Dictionary<string, TimeSpan> TimeLimits { get; } = new(StringComparer.OrdinalIgnoreCase);

    public TimeSpan TimeLimitOf(string module) => TimeLimits.TryGetValue(module, out var limit) ? limit : TimeLimit;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        TimeLimits
            .Select(limit => (Setting: $"{nameof(TimeLimits)}:{limit.Key}", limit.Value))
            .Prepend((Setting: nameof(TimeLimit), Value: TimeLimit))
            .Where(limit => limit.Value < Shortest || limit.Value > Longest)
            .Select(limit => new ValidationResult(
                $"{Section}:{limit.Setting} must be between {Shortest} and {Longest}."
            ));
}
