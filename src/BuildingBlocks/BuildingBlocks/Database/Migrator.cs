using System.Text;
using BuildingBlocks.Database.Provisioning;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Migrations;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.Database;

/// <summary>
/// Brings a schema up to what its build expects, as the schema's owner, and keeps the history in the schema itself.
/// </summary>
public static class Migrator
{
    /// <summary>
    /// Applies what is pending, each migration in a transaction of its own under a lock, so that several Hosts may try
    /// at once and a failing migration leaves nothing behind.
    /// </summary>
    /// <param name="module">Whose schema.</param>
    /// <param name="ownerConnectionString">Signs in as the schema's owner.</param>
    /// <param name="appRole">Gets its rights on what the migrations made.</param>
    /// <param name="cancellationToken">Stops between or inside migrations; the one at work is rolled back.</param>
    /// <returns>How many were applied.</returns>
    /// <exception cref="StartupException">A migration failed, or one that was applied has changed since.</exception>
    public static async Task<int> MigrateAsync(
        ModuleSchema module,
        string ownerConnectionString,
        string appRole,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await OpenAsync(module.Name, ownerConnectionString, cancellationToken);
        return await ApplyAsync(
            connection,
            ModuleMigrations.Of(module, new(module.Name, connection.UserName!, appRole)),
            cancellationToken
        );
    }

    /// <summary>
    /// Does the same for the reference data, and lets the app roles read it, also when nothing was to be applied: a
    /// module may be new.
    /// </summary>
    /// <param name="ownerConnectionString">Signs in as the owner of the schema.</param>
    /// <param name="appRoles">Of the modules.</param>
    /// <param name="cancellationToken">Stops between or inside migrations; the one at work is rolled back.</param>
    /// <returns>How many were applied.</returns>
    /// <exception cref="StartupException">A migration failed, or one that was applied has changed since.</exception>
    public static async Task<int> MigrateReferenceAsync(
        string ownerConnectionString,
        IEnumerable<string> appRoles,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await OpenAsync(ReferenceSchema.Name, ownerConnectionString, cancellationToken);
        var reference = ModuleMigrations.OfReference(connection.UserName!, appRoles);
        var applied = await ApplyAsync(connection, reference, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await SchemaMigrations.ExecuteAsync(
            connection,
            $"select pg_advisory_xact_lock({reference.LockKey}); {reference.Grants}",
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return applied;
    }

    /// <summary>What migrating would run: the migrations that are pending, and the rights on what they make.</summary>
    /// <param name="modules">Whose schemas; the reference data comes first.</param>
    /// <param name="prefix">The installation's prefix of role names.</param>
    /// <param name="ownerConnectionString">How to sign in as the owner of a schema. One that does not exist yet has
    /// everything pending.</param>
    /// <returns>SQL, empty when nothing is pending.</returns>
    /// <exception cref="StartupException">The server cannot be used, or an applied migration has changed
    /// since.</exception>
    public static async Task<string> PreviewAsync(
        IReadOnlyCollection<ModuleSchema> modules,
        string prefix,
        Func<string, string> ownerConnectionString,
        CancellationToken cancellationToken
    )
    {
        StringBuilder preview = new();
        foreach (var schema in All(modules, prefix))
        {
            foreach (var migration in await PendingAsync(schema, ownerConnectionString(schema.Name), cancellationToken))
            {
                preview.Append(
                    $"""
                    -- {migration.Name} of {schema.Whose}, as {schema.Owner}
                    set search_path = "{schema.SchemaOf(migration)}";
                    {migration.Sql.TrimEnd()}
                    {schema.Grants}


                    """
                );
            }
        }

        return preview.ToString();
    }

    /// <summary>
    /// The same migrations as a file for psql, which applies what is pending in the database that it is run in.
    /// </summary>
    /// <param name="modules">Whose schemas; the reference data comes first.</param>
    /// <param name="prefix">The installation's prefix of role names.</param>
    public static string Script(IReadOnlyCollection<ModuleSchema> modules, string prefix) =>
        MigrationScript.Of(All(modules, prefix));

    private static IEnumerable<SchemaMigrations> All(IReadOnlyCollection<ModuleSchema> modules, string prefix) =>
        modules
            .Select(module => ModuleMigrations.Of(module, ModuleRoles.Of(prefix, module.Name)))
            .Prepend(
                ModuleMigrations.OfReference(
                    ModuleRoles.Of(prefix, ReferenceSchema.Name).Owner,
                    modules
                        .Where(module => module is not ShadowSchema)
                        .Select(module => ModuleRoles.Of(prefix, module.Name).App)
                )
            );

    private static async Task<IReadOnlyList<Migration>> PendingAsync(
        SchemaMigrations schema,
        string ownerConnectionString,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var connection = await OpenAsync(schema.Name, ownerConnectionString, cancellationToken);
            return MigrationHistory.Pending(
                schema.Whose,
                schema.All,
                await MigrationHistory.ReadAsync(connection, "migrations", cancellationToken)
            );
        }
        catch (PostgresException missing)
            when (missing.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return schema.All;
        }
        catch (StartupException refused)
            when (refused.InnerException
                    is PostgresException
                    {
                        SqlState: PostgresErrorCodes.InvalidPassword
                            or PostgresErrorCodes.InvalidAuthorizationSpecification
                            or PostgresErrorCodes.InvalidCatalogName
                    }
            )
        {
            // Not provisioned yet.
            return schema.All;
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(
        string name,
        string ownerConnectionString,
        CancellationToken cancellationToken
    )
    {
        NpgsqlConnectionStringBuilder target = new(ownerConnectionString) { Pooling = false };
        NpgsqlConnection connection = new(target.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch (NpgsqlException failure)
        {
            await connection.DisposeAsync();
            throw ConnectionFault.Explain(failure, $"Modules:{name}:OwnerConnectionString", target);
        }
    }

    internal static async Task<int> ApplyAsync(
        NpgsqlConnection connection,
        SchemaMigrations schema,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await schema.ApplyAsync(connection, cancellationToken);
        }
        catch (FailedMigrationException failed)
        {
            throw MigrationFault.Explain(schema.Whose, schema.SchemaOf(failed.Migration), failed);
        }
    }
}
