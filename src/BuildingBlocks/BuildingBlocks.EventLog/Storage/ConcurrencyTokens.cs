using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;

namespace BuildingBlocks.EventLog.Storage;

/// <summary>
/// Gives every table that a module maps a concurrency token, PostgreSQL's system column xmin: lanes, commands, sagas and other Hosts may change
/// one row at the same time, and only one of those that read the same state wins. The others notice it and begin anew.
/// </summary>
public static class ConcurrencyTokens
{
    internal const string Waiver = "BuildingBlocks:NeedsNoConcurrencyToken";
    internal const string Column = "xmin";

    /// <summary>Leaves an entity without a concurrency token, and keeps the reason in the model.</summary>
    /// <param name="entity">Its configuration.</param>
    /// <param name="because">
    /// What else keeps two transactions from changing one row from the same state, such as that rows are only ever added. "Whoever changes it has locked
    /// it" is no reason: add xmin to what the locking statement selects, and a change that forgets the lock is noticed.
    /// </param>
    /// <exception cref="ArgumentException">No reason is given.</exception>
    public static void NeedsNoConcurrencyToken<TEntity>(this EntityTypeBuilder<TEntity> entity, string because)
        where TEntity : class
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(because);
        entity.HasAnnotation(Waiver, because);
    }

    /// <summary>Runs when all else is configured, so that no configuration comes after it.</summary>
    internal sealed class Convention : IModelFinalizingConvention
    {
        public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
        {
            foreach (var entity in modelBuilder.Metadata.GetEntityTypes().Where(HasTableOfItsOwn))
            {
                if (entity.FindAnnotation(Waiver) is null && !entity.GetProperties().Any(IsRowVersion))
                {
                    AddTo(entity);
                }
            }
        }

        // What lies in the row of its owner or of its base is changed under their token; what lies in JSON or in a view has none.
        private static bool HasTableOfItsOwn(IConventionEntityType entity) =>
            entity.GetTableName() is { } table && entity.BaseType is null && entity.FindPrimaryKey() is not null && !entity.IsMappedToJson()
            && !(entity.FindOwnership()?.PrincipalEntityType is { } owner && string.Equals(owner.GetTableName(), table, StringComparison.Ordinal));

        private static bool IsRowVersion(IConventionProperty property) => property is { IsConcurrencyToken: true, ValueGenerated: ValueGenerated.OnAddOrUpdate };

        private static void AddTo(IConventionEntityType entity)
        {
            var token = entity.Builder.Property(typeof(uint), Column)?.IsConcurrencyToken(true)?.ValueGenerated(ValueGenerated.OnAddOrUpdate)
                ?? throw new InvalidOperationException(
                    $"{entity.DisplayName()} keeps its property '{Column}' from being the concurrency token. Remove what configures it, or say "
                    + "builder.NeedsNoConcurrencyToken(\"why\").");
            token.Metadata.SetColumnName(Column);
            token.Metadata.SetColumnType("xid");
        }
    }
}
