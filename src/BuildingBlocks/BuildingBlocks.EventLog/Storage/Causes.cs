namespace BuildingBlocks.EventLog.Storage;

/// <summary>Lists an exception and all its inner exceptions.</summary>
internal static class Causes
{
    /// <summary>The failure and all that caused it, outermost first.</summary>
    public static IEnumerable<Exception> Of(Exception? failure)
    {
        for (var one = failure; one is not null; one = one.InnerException)
        {
            yield return one;
        }
    }
}
