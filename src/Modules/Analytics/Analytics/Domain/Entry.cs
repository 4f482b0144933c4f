namespace Analytics.Domain;

/// <summary>
/// What is counted: revenue is what was confirmed less what of it was cancelled. In this spelling in the database.
/// </summary>
internal static class Entry
{
    /// <summary>Counted on the day of the confirmation.</summary>
    public const string Confirmed = "confirmed";

    /// <summary>
    /// An order that had been confirmed was cancelled or returned. Counted on the day of the cancellation, not of the
    /// sale.
    /// </summary>
    public const string Cancelled = "cancelled";
}
