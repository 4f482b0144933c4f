using System.Security.Cryptography;

namespace Payments.Domain;

/// <summary>How long to leave a gateway alone that did not answer.</summary>
internal static class RetryPause
{
    private const int MaxDoublings = 20;

    /// <summary>
    /// Doubles with every failure up to a limit; varied by a quarter, so that what failed together does not come back
    /// together.
    /// </summary>
    public static TimeSpan After(int failures, PaymentsOptions options)
    {
        var doubled = options.FirstRetryPause * Math.Pow(2, Math.Min(failures - 1, MaxDoublings));
        var pause = doubled < options.LongestRetryPause ? doubled : options.LongestRetryPause;
        return pause * (0.75 + (RandomNumberGenerator.GetInt32(501) / 1000.0));
    }
}
