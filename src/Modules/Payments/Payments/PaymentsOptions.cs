using System.ComponentModel.DataAnnotations;

namespace Payments;

/// <summary>Settings of the section <c>payments</c>.</summary>
internal sealed class PaymentsOptions : IValidatableObject
{
    /// <summary>
    /// How long one call to the gateway may take before it counts as failed with unknown effect; 1 second to 5 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a payment belongs to the Host that took it up; another one takes up what a dead Host left behind after
    /// that. Longer than <see cref="CallTimeout"/> by 10 seconds at least, which also allows for clocks that differ.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:11", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Calls to the gateway at one time, a Host; 1 to 500.</summary>
    [Range(1, 500)]
    public int MaxConcurrentCalls { get; set; } = 16;

    /// <summary>
    /// Charges tried in vain, because the gateway could not be reached, before the payment is declined; 1 to 100.
    /// </summary>
    [Range(1, 100)]
    public int MaxFailedCharges { get; set; } = 6;

    /// <summary>
    /// The first pause after a failed call; each next one is twice as long, up to <see cref="LongestRetryPause"/>, and
    /// varied by a quarter.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan FirstRetryPause { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause between failed calls; 1 second to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LongestRetryPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How often an idle Host looks for work that nothing in its own process announced; 50 milliseconds to 1 minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Lease >= CallTimeout + TimeSpan.FromSeconds(10)
            ? []
            :
            [
                new(
                    $"payments:{nameof(Lease)} must be at least 10 seconds longer than payments:{nameof(CallTimeout)}.",
                    [nameof(Lease)]
                ),
            ];
}
