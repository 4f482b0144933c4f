using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Migrations;

namespace BuildingBlocks.Database.Provisioning;

/// <summary>The migrations of modules and of the reference data, and the rights to give on what they make.</summary>
internal static class ModuleMigrations
{
    private const string Folder = ".Persistence.Migrations.";

    /// <summary>
    /// All migrations of a module in the order they run: the event log's, then the module's by file name. A projection
    /// has its own tables a second time, to be rebuilt in; a module that runs elsewhere has nothing but its shadow.
    /// </summary>
    public static IReadOnlyList<Migration> Of(ModuleSchema module) =>
        module is ShadowSchema
            ? [.. Migration.OfShadow]
            :
            [
                .. Migration.OfEventLog,
                .. Migration.Embedded(Migration.Own, module.Assembly, Folder),
                .. module.IsProjection ? Migration.OfProjection : [],
                .. module.IsProjection ? Migration.Embedded(Migration.Rebuild, module.Assembly, Folder) : [],
            ];

    /// <summary>A module's, and what its app role may do.</summary>
    public static SchemaMigrations Of(ModuleSchema module, ModuleRoles roles) =>
        new(module.Name, $"module {module.Name}", roles.Owner, Of(module), GrantsOf(module, roles));

    /// <summary>Those of the reference data, which all app roles read.</summary>
    public static SchemaMigrations OfReference(string owner, IEnumerable<string> appRoles) =>
        new(
            ReferenceSchema.Name,
            ReferenceSchema.Title,
            owner,
            ReferenceSchema.Migrations,
            ReferenceSchema.Grants(appRoles)
        );

    // Explicit grants after each migration instead of default privileges: nothing ever exists, even for a moment, with
    // more rights than meant.
    private static string GrantsOf(ModuleSchema module, ModuleRoles roles)
    {
        var appRole = roles.App;
        if (module is ShadowSchema)
        {
            return $"""
                grant select on all tables in schema "{module.Name}" to "{appRole}";
                grant insert, update, delete on outbox_consumers to "{appRole}";
                grant execute on all functions in schema "{module.Name}" to "{appRole}";
                grant select, insert, update on outbox to "{roles.Feed}";
                grant select, update on feed_in to "{roles.Feed}";
                """;
        }

        var grants = $"""
            grant select, insert, update, delete on all tables in schema "{module.Name}" to "{appRole}";
            revoke update, delete on outbox from "{appRole}";
            revoke insert, update, delete on migrations from "{appRole}";
            grant execute on all functions in schema "{module.Name}" to "{appRole}";
            """;
        return module.IsProjection
            ? $"""
                {grants}
                grant select, insert, update, delete on all tables in schema "{RebuildTables.SchemaOf(
                    module.Name
                )}" to "{appRole}";
                """
            : grants;
    }
}
