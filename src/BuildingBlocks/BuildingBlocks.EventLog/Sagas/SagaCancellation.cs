using BuildingBlocks.EventLog.Publishing;

namespace BuildingBlocks.EventLog.Sagas;

/// <summary>Lets a command call a saga off.</summary>
public sealed class SagaCancellation(TimeProvider clock)
{
    /// <summary>
    /// Begins to undo a run: the step it waits for and all before it, or all steps when it has completed and whoever
    /// the saga names in <see cref="SagaBuilder{TState}.UndoneOnlyAfter"/> agrees. Takes effect with the caller's
    /// SaveChanges; the saga's end is announced once everything is undone.
    /// </summary>
    /// <typeparam name="TSaga">Declared by the same module.</typeparam>
    /// <param name="db">The module's DbContext.</param>
    /// <param name="id">The key of the run's state.</param>
    /// <param name="reason">For the customer to read.</param>
    /// <returns>False when there is no run, or nothing left to undo.</returns>
    public Task<bool> Cancel<TSaga>(ModuleDbContext db, Guid id, string reason, CancellationToken cancellationToken) =>
        SagaDefinition.Of(typeof(TSaga)).Cancel(db, id, reason, clock.GetUtcNow(), cancellationToken);
}
