using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace BuildingBlocks.EventLog.Storage;

/// <summary>
/// Gives tables and columns the names PostgreSQL people write without quotes, unless a configuration names them itself.
/// </summary>
public static class SnakeCaseNames
{
    internal static void ApplyTo(ModelBuilder modelBuilder)
    {
        // What lies in JSON has names there, not columns.
        foreach (var entity in modelBuilder.Model.GetEntityTypes().Where(entity => !entity.IsMappedToJson()))
        {
            // Own configuration source wins over convention, so an explicit ToTable or HasColumnName stays.
            var table = (IConventionEntityType)entity;
            if (entity.GetTableName() is { } name)
            {
                table.Builder.ToTable(Convert(name));
            }

            foreach (
                var property in entity
                    .GetProperties()
                    .Where(property => !property.IsConcurrencyToken && !IsKeyOfSharedRow(property, entity))
            )
            {
                ((IConventionProperty)property).Builder.HasColumnName(Convert(property.GetColumnName()));
            }
        }
    }

    /// <summary>In a row that it shares with its owner, a key is the owner's column.</summary>
    private static bool IsKeyOfSharedRow(IMutableProperty property, IMutableEntityType entity) =>
        property.IsPrimaryKey()
        && entity.FindOwnership()?.Properties.Contains(property) is true
        && entity.SharesRowOfOwner();

    /// <summary>Whether an owned entity lies in the row of its owner, rather than in a table of its own.</summary>
    internal static bool SharesRowOfOwner(this IReadOnlyEntityType entity) =>
        entity.FindOwnership()?.PrincipalEntityType is { } owner
        && string.Equals(owner.GetTableName(), entity.GetTableName(), StringComparison.Ordinal);

    internal static string Convert(string name)
    {
        StringBuilder result = new(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_' && !char.IsUpper(name[i - 1]))
            {
                result.Append('_');
            }

            result.Append(char.ToLowerInvariant(name[i]));
        }

        return result.ToString();
    }
}
