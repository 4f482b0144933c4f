namespace BuildingBlocks.Tests.Probe;

/// <summary>Waits for what work in the background brings about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Looks again and again until the condition holds; fails the test when it does not within three minutes.
    /// </summary>
    public static async Task Holds(Func<Task<bool>> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (!await condition())
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
