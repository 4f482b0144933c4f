using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;

namespace BuildingBlocks.EventLog.Storage;

/// <summary>
/// Gives keys, foreign keys and indexes the names that PostgreSQL itself would give them, unless a configuration names
/// them: what is drafted from the model reads like what was written by hand.
/// </summary>
internal sealed class ConstraintNames : IModelFinalizingConvention
{
    private const int LongestName = 63;

    public void ProcessModelFinalizing(
        IConventionModelBuilder modelBuilder,
        IConventionContext<IConventionModelBuilder> context
    )
    {
        foreach (var entity in modelBuilder.Metadata.GetEntityTypes())
        {
            if (entity.GetTableName() is not { } table || HasSeveralTables(entity))
            {
                continue;
            }

            foreach (var key in entity.GetDeclaredKeys())
            {
                string[] columns = key.IsPrimaryKey() ? [] : [.. key.Properties.Select(Column)];
                key.Builder.HasName(Named([table, .. columns, key.IsPrimaryKey() ? "pkey" : "key"]));
            }

            foreach (var reference in entity.GetDeclaredForeignKeys())
            {
                reference.Builder.HasConstraintName(Named([table, .. reference.Properties.Select(Column), "fkey"]));
            }

            foreach (var index in entity.GetDeclaredIndexes())
            {
                var ending = index.IsUnique ? "key" : "idx";
                index.Builder.HasDatabaseName(Named([table, .. index.Properties.Select(Column), ending]));
            }
        }
    }

    /// <summary>
    /// A name given to what each table of a hierarchy has would be given to all of them, and is not unique then.
    /// </summary>
    private static bool HasSeveralTables(IConventionEntityType entity) =>
        entity
            .GetRootType()
            .GetDerivedTypesInclusive()
            .Select(one => one.GetTableName())
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Count() > 1;

    private static string Column(IConventionProperty property) => property.GetColumnName();

    /// <summary>Null leaves a name that is too long to EF Core, which shortens it so that it stays unique.</summary>
    private static string? Named(string[] parts) =>
        string.Join('_', parts) is { Length: <= LongestName } name ? name : null;
}
