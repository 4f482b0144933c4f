using BatchLedger;
using Ledger;

namespace EventLog.Bench;

/// <summary>A way to publish orders, and mostly to record them in the other module.</summary>
/// <param name="Name">As it stands in the figures.</param>
/// <param name="Delivers">Whether it records them.</param>
/// <param name="Start">Makes it ready in a new database.</param>
internal sealed record Variant(
    string Name,
    bool Delivers,
    Func<Installation, CancellationToken, Task<IRunningVariant>> Start
)
{
    /// <summary>In the order in which they are shown.</summary>
    public static IReadOnlyList<Variant> All { get; } =
    [
        new("raw", Delivers: true, RawVariant.StartAsync),
        new("ef-no-event", Delivers: false, PlainEfVariant.StartWithoutEventAsync),
        new("ef-publish", Delivers: false, async (installation, token) =>
            await ModularVariant.StartAsync(installation, addConsumer: null, poisons: false, token)
        ),
        new("ef-batch", Delivers: true, PlainEfVariant.StartWithBatchConsumerAsync),
        new("reaction", Delivers: true, async (installation, token) =>
            await ModularVariant.StartAsync(installation, modules => modules.Add<LedgerModule>(), poisons: false, token)
        ),
        new("batch-reaction", Delivers: true, async (installation, token) =>
            await ModularVariant.StartAsync(
                installation,
                modules => modules.Add<BatchLedgerModule>(),
                poisons: false,
                token
            )
        ),
        new("reaction-parked-key", Delivers: true, async (installation, token) =>
            await ModularVariant.StartAsync(installation, modules => modules.Add<LedgerModule>(), poisons: true, token)
        ),
    ];
}

/// <summary>A variant at work in one database.</summary>
internal interface IRunningVariant : IAsyncDisposable
{
    /// <summary>Whose orders are never recorded; null when all are.</summary>
    Guid? Poisoned { get; }

    /// <summary>One operation: inserts an order and publishes its event, in one transaction. Thread-safe.</summary>
    Task PublishAsync(Guid customerId, CancellationToken cancellationToken);

    /// <summary>
    /// Waits until so many orders in all have been recorded, or parked; commits only count when they are made.
    /// </summary>
    Task AppliedAsync(long orders, CancellationToken cancellationToken);
}
