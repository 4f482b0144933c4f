using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Publishing;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace BuildingBlocks.Modules;

/// <summary>
/// Runs a request again when somebody else changed its rows at the same time, and turns the violation of a constraint
/// the module has a refusal for into that refusal.
/// </summary>
internal sealed class DatabaseRefusalBehavior<TRequest, TResult>(
    ModuleCatalog catalog,
    PoisonedConnections poisoned,
    IServiceProvider scope
) : IPipelineBehavior<TRequest, TResult>
    where TResult : IRefusable<TResult>
{
    private const int MaxAttempts = 3;

    public async Task<TResult> Handle(
        TRequest request,
        CancellationToken cancellationToken,
        RequestHandlerDelegate<TResult> next
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await next();
            }
            catch (DbUpdateConcurrencyException) when (attempt < MaxAttempts)
            {
                // The next attempt reads the rows as the other transaction left them.
                Forget();
            }
            catch (DbUpdateConcurrencyException)
            {
                return TResult.Refused(RequestErrors.ChangedMeanwhile);
            }
            catch (DbUpdateException failure) when (RefusalOf(failure) is { } refusal)
            {
                return TResult.Refused(refusal);
            }
            catch (DbUpdateException failure) when (attempt < MaxAttempts && Failures.MayBeConflict(failure))
            {
                // Another transaction has added the row meanwhile; the next attempt finds it.
                Forget();
            }
            catch (Exception failure)
            {
                poisoned.After(failure, Module.Name);
                throw;
            }
        }
    }

    private void Forget() => ((ModuleDbContext)scope.GetRequiredService(Module.DbContextType!)).ChangeTracker.Clear();

    private ModuleDescriptor Module =>
        catalog.OwnerOf(typeof(TRequest))
        ?? throw new InvalidOperationException($"{typeof(TRequest).FullName} belongs to no module of this Host.");

    private Error? RefusalOf(DbUpdateException failure) =>
        failure.InnerException is PostgresException { ConstraintName: { } constraint }
            ? Module.RefusalsByConstraint.GetValueOrDefault(constraint)
            : null;
}
