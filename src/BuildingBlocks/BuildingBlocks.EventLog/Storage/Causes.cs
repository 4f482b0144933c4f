namespace BuildingBlocks.EventLog.Storage;

/// <summary>The one walk from a failure to what is beneath it.</summary>
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
