using BuildingBlocks.EventLog.Consuming;

namespace BuildingBlocks.Database.Provisioning;

/// <summary>What there is to apply to one schema, and the rights to give on what that makes.</summary>
/// <param name="Name">The schema's.</param>
/// <param name="Whose">For messages.</param>
/// <param name="Owner">The role that migrates it.</param>
/// <param name="All">In the order they run.</param>
/// <param name="Grants">Statements that may be repeated.</param>
internal sealed record SchemaMigrations(
    string Name,
    string Whose,
    string Owner,
    IReadOnlyList<Migration> All,
    string Grants
)
{
    /// <summary>Keeps two Hosts from migrating the schema at once.</summary>
    public string LockKey => $"hashtext('migrations of {Whose}')";

    /// <summary>Where a migration runs.</summary>
    public string SchemaOf(Migration migration) =>
        string.Equals(migration.Origin, Migration.Rebuild, StringComparison.Ordinal)
            ? RebuildTables.SchemaOf(Name)
            : Name;

    /// <summary>A module's.</summary>
    public static SchemaMigrations Of(ModuleSchema module, ModuleRoles roles) =>
        new(module.Name, $"module {module.Name}", roles.Owner, Migration.Of(module), GrantsOf(module, roles.App));

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
    private static string GrantsOf(ModuleSchema module, string appRole)
    {
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
