namespace BuildingBlocks.EmbeddedPostgres;

/// <summary>Tells "took too long" from "was cancelled", which look the same to the code in between.</summary>
internal static class Bounded
{
    public static async Task<T> RunAsync<T>(
        TimeSpan limit,
        Func<string> complaint,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(limit);

        try
        {
            return await work(bounded.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EmbeddedPostgresException(complaint(), exception);
        }
    }
}
