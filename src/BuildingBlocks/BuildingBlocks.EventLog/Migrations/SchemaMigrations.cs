using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.EventLog.Migrations;

/// <summary>What there is to apply to one schema, and the rights to give on what that makes.</summary>
/// <param name="Name">The schema's.</param>
/// <param name="Whose">For messages.</param>
/// <param name="Owner">The role that migrates it.</param>
/// <param name="All">In the order they run.</param>
/// <param name="Grants">Statements that may be repeated; none where the owner is also who runs.</param>
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

    /// <summary>Applies what is pending, each migration in a transaction of its own under a lock.</summary>
    /// <param name="connection">Open, signed in as the owner of the schema, which is its search path.</param>
    /// <returns>How many were applied.</returns>
    /// <exception cref="FailedMigrationException">One failed and was rolled back; those before it stay.</exception>
    /// <exception cref="StartupException">One that was applied has changed since.</exception>
    public async Task<int> ApplyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = 0;
        while (await ApplyNextAsync(connection, cancellationToken))
        {
            applied++;
        }

        return applied;
    }

    private async Task<bool> ApplyNextAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_xact_lock({LockKey})", cancellationToken);
        await ExecuteAsync(connection, MigrationHistory.Create, cancellationToken);
        var pending = MigrationHistory.Pending(
            Whose,
            All,
            await MigrationHistory.ReadAsync(connection, "migrations", cancellationToken)
        );
        if (pending.Count == 0)
        {
            return false;
        }

        var next = pending[0];
        try
        {
            await ExecuteAsync(connection, $"set local search_path = \"{SchemaOf(next)}\"", cancellationToken);
            await ExecuteAsync(connection, next.Sql, cancellationToken);
            await ExecuteAsync(connection, $"set local search_path = \"{Name}\"", cancellationToken);
        }
        catch (PostgresException failure)
            when (DatabaseFault.Of(failure) is not { Kind: DatabaseFaultKind.Unavailable })
        {
            throw new FailedMigrationException(Whose, next, failure);
        }

        await using var record = new NpgsqlCommand(
            "insert into migrations (origin, name, checksum) values ($1, $2, $3)",
            connection
        ).With(next.Origin, next.Name, next.Checksum);
        await record.ExecuteNonQueryAsync(cancellationToken);
        if (Grants.Length > 0)
        {
            await ExecuteAsync(connection, Grants, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Executes what changes a schema, for as long as it takes.</summary>
    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>A migration failed and was rolled back.</summary>
/// <param name="whose">Whose schema it was to change.</param>
/// <param name="migration">Which one.</param>
/// <param name="cause">What PostgreSQL said.</param>
public sealed class FailedMigrationException(string whose, Migration migration, PostgresException cause)
    : Exception(
        $"Migration {migration.Name} of {whose} failed and was rolled back: {cause.MessageText} (SQLSTATE "
            + $"{cause.SqlState}, position {cause.Position}).",
        cause
    )
{
    /// <summary>Which one.</summary>
    public Migration Migration => migration;

    /// <summary>What PostgreSQL said.</summary>
    public PostgresException Cause => cause;
}
