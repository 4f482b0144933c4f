using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;

namespace BuildingBlocks.EventLog.Storage;

/// <summary>
/// Gives every table that a module maps a concurrency token, PostgreSQL's system column xmin: lanes, commands, sagas
/// and other Hosts may change one row at the same time, and only one of those that read the same state wins. The others
/// notice it and begin anew.
/// </summary>
public static class ConcurrencyTokens
{
    internal const string Waiver = "BuildingBlocks:NeedsNoConcurrencyToken";
    internal const string Column = "xmin";

    /// <summary>Leaves an entity without a concurrency token, and keeps the reason in the model.</summary>
    /// <param name="entity">Its configuration.</param>
    /// <param name="because"> What else keeps two transactions from changing one row from the same state, such as that
    /// rows are only ever added. "Whoever changes it has locked it" is no reason: add xmin to what the locking
    /// statement selects, and a change that forgets the lock is noticed.
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
        public void ProcessModelFinalizing(
            IConventionModelBuilder modelBuilder,
            IConventionContext<IConventionModelBuilder> context
        )
        {
            foreach (var entity in modelBuilder.Metadata.GetEntityTypes().Where(NeedsToken))
            {
                RefuseSplit(entity);
                AddTo(entity);
            }
        }

        private static bool NeedsToken(IConventionEntityType entity) =>
            HasRowsOfItsOwn(entity)
            && !entity.GetAllBaseTypesInclusive().Any(one => one.FindAnnotation(Waiver) is not null)
            && !entity.GetDeclaredProperties().Any(IsToken);

        // What lies in the row of its owner or of its base is changed under their token; what lies in JSON or in a view
        // has none. A derived type has a row beside its base's (TPT), or all of the row is its own (TPC), to which the
        // token of the root is mapped.
        private static bool HasRowsOfItsOwn(IConventionEntityType entity) =>
            !entity.IsMappedToJson()
            && entity.FindPrimaryKey() is not null
            && (
                entity.BaseType is { } parent
                    ? entity.GetMappingStrategy() is RelationalAnnotationNames.TptMappingStrategy
                        && entity.GetTableName() is { } own
                        && !string.Equals(own, parent.GetTableName(), StringComparison.Ordinal)
                    : entity.GetDerivedTypesInclusive().Any(one => one.GetTableName() is not null)
                        && !entity.SharesRowOfOwner()
            );

        // A row version of another type is one that PostgreSQL does not change.
        private static bool IsToken(IConventionProperty property) =>
            property is { IsConcurrencyToken: true, ValueGenerated: ValueGenerated.OnAddOrUpdate }
            && property.ClrType == typeof(uint)
            && (
                property.GetColumnNameConfigurationSource() is null
                || string.Equals(property.GetColumnName(), Column, StringComparison.Ordinal)
            );

        private static void RefuseSplit(IConventionEntityType entity)
        {
            if (entity.GetMappingFragments(StoreObjectType.Table).Any())
            {
                throw new InvalidOperationException(
                    $"{entity.DisplayName()} is split over several tables, and a concurrency token guards a row of "
                        + "one. Map the other table as an owned type "
                        + "or an entity of its own, or say builder.NeedsNoConcurrencyToken(\"why\")."
                );
            }
        }

        private static void AddTo(IConventionEntityType entity)
        {
            // Beside the token of its base a derived type has one of its own table, under another name.
            var name = entity.BaseType is null ? Column : $"{Column} of {entity.ShortName()}";
            var token = entity
                .Builder.Property(typeof(uint), name)
                ?.IsConcurrencyToken(true)
                ?.ValueGenerated(ValueGenerated.OnAddOrUpdate)
                ?? throw new InvalidOperationException(
                    $"{entity.DisplayName()} keeps its property '{name}' from being the concurrency token. Remove "
                        + "what configures it, or say "
                        + "builder.NeedsNoConcurrencyToken(\"why\")."
                );
            token.Metadata.SetColumnName(Column);
            token.Metadata.SetColumnType("xid");
        }
    }
}
