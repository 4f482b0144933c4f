using BuildingBlocks.Database.Provisioning;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Migrations;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.Database;

/// <summary>
/// Refuses to run on a schema that is behind the build, or whose migrations were changed after they had been applied.
/// </summary>
public static class SchemaCheck
{
    /// <summary>
    /// Compares the history in a module's schema with the migrations in its build. A schema that is ahead is allowed,
    /// so that an older Host can go on running.
    /// </summary>
    /// <param name="module">Whose schema.</param>
    /// <param name="connections">Signs in as the module's app role.</param>
    /// <exception cref="StartupException">The schema is behind or changed, or the server cannot be used.</exception>
    public static async Task EnsureCurrentAsync(
        ModuleSchema module,
        NpgsqlDataSource connections,
        CancellationToken cancellationToken
    )
    {
        var setting = $"Modules:{module.Name}:ConnectionString";
        try
        {
            await using var connection = await connections.OpenConnectionAsync(cancellationToken);
            var pending = MigrationHistory.Pending(
                $"module {module.Name}",
                ModuleMigrations.Of(module),
                await MigrationHistory.ReadAsync(connection, "migrations", cancellationToken)
            );
            if (pending.Count > 0)
            {
                throw Behind(module.Name, $"lacks {pending.Count} migrations, the first being {pending[0].Name}");
            }
        }
        catch (PostgresException failure)
            when (failure.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            throw Behind(module.Name, "has never been migrated");
        }
        catch (NpgsqlException failure)
        {
            throw ConnectionFault.Explain(failure, setting, new(connections.ConnectionString));
        }
    }

    /// <summary>Makes sure that a module can read reference data that is not older than its build.</summary>
    /// <param name="module">Whose app role reads.</param>
    /// <param name="connections">Signs in as that role.</param>
    /// <exception cref="StartupException">The reference data is behind, changed or not to be read, or the server cannot
    /// be used.</exception>
    public static async Task EnsureReferenceCurrentAsync(
        ModuleSchema module,
        NpgsqlDataSource connections,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var connection = await connections.OpenConnectionAsync(cancellationToken);
            var history = await MigrationHistory.ReadAsync(
                connection,
                $"{ReferenceSchema.Name}.migrations",
                cancellationToken
            );
            var pending = MigrationHistory.Pending(ReferenceSchema.Title, ReferenceSchema.Migrations, history);
            if (pending.Count > 0)
            {
                throw ReferenceBehind($"lacks {pending.Count} migrations, the first being {pending[0].Name}");
            }
        }
        catch (PostgresException failure)
            when (failure.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            throw ReferenceBehind("has never been migrated");
        }
        catch (PostgresException failure) when (failure.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            throw ReferenceBehind($"cannot be read by the role of module {module.Name}");
        }
        catch (NpgsqlException failure)
        {
            throw ConnectionFault.Explain(
                failure,
                $"Modules:{module.Name}:ConnectionString",
                new(connections.ConnectionString)
            );
        }
    }

    private static StartupException ReferenceBehind(string how) =>
        new(
            $"The reference data {how}. Run 'dotnet run --project src/Host -- database provision' and then 'database "
                + "migrate' with "
                + "ConnectionStrings:Postgres (administrator) set, or only the latter with "
                + $"Modules:{ReferenceSchema.Name}:OwnerConnectionString, then start again."
        );

    private static StartupException Behind(string module, string how) =>
        new(
            $"The schema of module {module} {how}. Run 'dotnet run --project src/Host -- database migrate' with "
                + "ConnectionStrings:Postgres "
                + $"(administrator) or Modules:{module}:OwnerConnectionString set, then start again."
        );
}
