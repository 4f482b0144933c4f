using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.EventLog.Migrations;

/// <summary>Makes the schema of a module for programs that use the event log alone.</summary>
public static class EventLogSchema
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Makes the schema if it is missing, and applies what is pending of the event log's migrations and of the
    /// module's own. May be called at each start, by several processes at once.
    /// </summary>
    /// <param name="connectionString">Signs in as the role that owns the schema, or may make it.</param>
    /// <param name="module">The name of the module and its schema: lower-case letters, digits and underscores.</param>
    /// <param name="own">The module's own migrations, in the order they run.</param>
    /// <returns>How many were applied.</returns>
    /// <exception cref="ArgumentException">The name cannot be that of a schema.</exception>
    /// <exception cref="FailedMigrationException">One failed and was rolled back; those before it stay.</exception>
    /// <exception cref="NpgsqlException">The server cannot be used.</exception>
    public static async Task<int> MigrateAsync(
        string connectionString,
        string module,
        IEnumerable<Migration> own,
        CancellationToken cancellationToken = default
    )
    {
        if (!ModuleName.IsValid(module))
        {
            throw new ArgumentException(
                $"'{module}' cannot name a schema: it takes {ModuleName.Rule}.",
                nameof(module)
            );
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Limit);
        NpgsqlConnectionStringBuilder settings = new(connectionString) { Pooling = false, SearchPath = module };
        await using NpgsqlConnection connection = new(settings.ConnectionString);
        await connection.OpenAsync(limited.Token);
        SchemaMigrations schema = new(
            module,
            $"module {module}",
            connection.UserName!,
            [.. Migration.OfEventLog, .. own],
            Grants: ""
        );
        await using (var transaction = await connection.BeginTransactionAsync(limited.Token))
        {
            await using NpgsqlCommand make = new(
                $"select pg_advisory_xact_lock({schema.LockKey}); create schema if not exists \"{module}\"",
                connection
            );
            await make.ExecuteNonQueryAsync(limited.Token);
            await transaction.CommitAsync(limited.Token);
        }

        return await schema.ApplyAsync(connection, limited.Token);
    }
}
