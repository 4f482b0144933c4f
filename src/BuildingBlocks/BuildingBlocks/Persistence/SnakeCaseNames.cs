using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuildingBlocks.Persistence;

/// <summary>Gives tables and columns the names PostgreSQL people write without quotes, unless a configuration names them itself.</summary>
public static class SnakeCaseNames
{
    /// <summary>A shadow property over the system column xmin: two transactions that change one row cannot both win.</summary>
    public static void HasConcurrencyToken<TEntity>(this EntityTypeBuilder<TEntity> entity)
        where TEntity : class => entity.Property<uint>("Version").IsRowVersion();

    /// <summary>Says why an entity that publishes events needs no concurrency token, and keeps it in the model.</summary>
    /// <param name="entity">Its configuration.</param>
    /// <param name="because">What else keeps two transactions from changing one row from the same state, such as that whoever changes it has locked it.</param>
    public static void NeedsNoConcurrencyToken<TEntity>(this EntityTypeBuilder<TEntity> entity, string because)
        where TEntity : class => entity.HasAnnotation("BuildingBlocks:NeedsNoConcurrencyToken", because);

    internal static void ApplyTo(ModelBuilder modelBuilder)
    {
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            // Own configuration source wins over convention, so an explicit ToTable or HasColumnName stays.
            var table = (IConventionEntityType)entity;
            if (entity.GetTableName() is { } name)
            {
                table.Builder.ToTable(Convert(name));
            }

            foreach (var property in entity.GetProperties().Where(property => !property.IsConcurrencyToken))
            {
                ((IConventionProperty)property).Builder.HasColumnName(Convert(property.GetColumnName()));
            }
        }
    }

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
