using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Orders;

/// <summary>Settings of the section <c>orders</c>.</summary>
internal sealed class OrdersOptions : IValidatableObject
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(100);

    private Regex? paymentTokens;

    /// <summary>
    /// A regular expression of the payment tokens that the gateway can have given out; an order with another token is
    /// refused at once. The default names the tokens of the simulated gateway, a real one needs its own, such as
    /// <c>^pm_[A-Za-z0-9]{8,64}$</c>.
    /// </summary>
    [Required]
    public string PaymentTokenPattern { get; set; } = "^tok_(ok|declined|slow|flaky)$";

    /// <summary>Whether the gateway can have given out this token. Safe to call from several threads.</summary>
    public bool AcceptsPaymentToken(string token)
    {
        paymentTokens ??= Compile(PaymentTokenPattern);

        // The length is compared because $ also matches before a final line feed.
        return paymentTokens.Match(token) is { Success: true } match && match.Length == token.Length;
    }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string? fault = null;
        try
        {
            _ = Compile(PaymentTokenPattern);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            fault = e.Message;
        }

        return fault is null
            ? []
            :
            [
                new(
                    $"orders:{nameof(PaymentTokenPattern)} is no usable regular expression: {fault}",
                    [nameof(PaymentTokenPattern)]
                ),
            ];
    }

    private static Regex Compile(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchLimit);
}
