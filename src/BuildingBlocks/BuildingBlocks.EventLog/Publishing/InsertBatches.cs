using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Update;
using Npgsql.EntityFrameworkCore.PostgreSQL.Update.Internal;

namespace BuildingBlocks.EventLog.Publishing;

// Npgsql's batches can only be had by deriving from them; InsertBatchesTests fail when a new version of them does
// something else.
#pragma warning disable EF1001

/// <summary>
/// Lets a SaveChanges that only inserts, and in one batch, do without BEGIN and COMMIT: PostgreSQL commits all that was
/// sent before a Sync, or nothing of it, so a data row and its event take one round trip instead of two. What updates
/// or deletes keeps its transaction: EF Core finds out that a row was changed by somebody else from the number of rows,
/// and then has to be able to roll back.
/// </summary>
internal sealed class InsertBatches(ModificationCommandBatchFactoryDependencies dependencies)
    : IModificationCommandBatchFactory
{
    public ModificationCommandBatch Create() => new Batch(dependencies);

    private sealed class Batch(ModificationCommandBatchFactoryDependencies dependencies)
        : NpgsqlModificationCommandBatch(dependencies, maxBatchSize: 1000)
    {
        public override bool RequiresTransaction =>
            base.RequiresTransaction && ModificationCommands.Any(command => command.EntityState != EntityState.Added);
    }
}
