using System.Data.Common;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Signals;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace BuildingBlocks.EventLog.Publishing;

/// <summary>
/// Notices when events were saved: remembers the consistency token, and has the module's held told once they are
/// committed.
/// </summary>
internal sealed class PublishedEventsInterceptor(EventSignals signals)
    : SaveChangesInterceptor,
        IDbTransactionInterceptor
{
    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        Saved(eventData.Context as ModuleDbContext);
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData,
        int result,
        CancellationToken cancellationToken = default
    )
    {
        Saved(eventData.Context as ModuleDbContext);
        return ValueTask.FromResult(result);
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) =>
        Committed(eventData.Context as ModuleDbContext);

    public Task TransactionCommittedAsync(
        DbTransaction transaction,
        TransactionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        Committed(eventData.Context as ModuleDbContext);
        return Task.CompletedTask;
    }

    private void Saved(ModuleDbContext? context)
    {
        if (context is null)
        {
            return;
        }

        // Those that a handler has taken back by clearing the tracker were not saved.
        context.Events.RemoveAll(happened => happened.State != EntityState.Unchanged);
        if (context.Events.Count > 0)
        {
            Published(context);
        }

        if (context.Database.CurrentTransaction is null)
        {
            Committed(context);
        }
    }

    private static void Published(ModuleDbContext context)
    {
        var published = context.Events;
        if (Correlation.Current is { } correlation)
        {
            correlation.ConsistencyToken = new ConsistencyToken(context.Schema, published[0].Entity.TxId).ToString();
        }

        // Published events are history: nothing reads or changes them through this context again.
        foreach (var entry in published)
        {
            entry.State = EntityState.Detached;
            context.Held.Published(entry.Entity.EventType);
        }

        published.Clear();
    }

    private void Committed(ModuleDbContext? context) => context?.Held.Send(signals);
}
