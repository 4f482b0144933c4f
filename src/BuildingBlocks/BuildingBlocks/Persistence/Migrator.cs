using BuildingBlocks.Modules;
using Npgsql;

namespace BuildingBlocks.Persistence;

/// <summary>Brings a module's schema up to what its build expects, as the schema's owner, and keeps the history in the schema itself.</summary>
public static class Migrator
{
    private const string CreateHistory = """
        create table if not exists migrations (
          origin     text not null,
          name       text not null,
          checksum   text not null,
          applied_at timestamptz not null default clock_timestamp(),
          primary key (origin, name)
        )
        """;

    /// <summary>
    /// Applies what is pending, each migration in a transaction of its own under a lock, so that several Hosts may try at once and a failing
    /// migration leaves nothing behind.
    /// </summary>
    /// <param name="module">Whose schema.</param>
    /// <param name="ownerConnectionString">Signs in as the schema's owner.</param>
    /// <param name="appRole">Gets its rights on what the migrations made.</param>
    /// <param name="cancellationToken">Stops between or inside migrations; the one at work is rolled back.</param>
    /// <returns>How many were applied.</returns>
    /// <exception cref="StartupException">A migration failed, or one that was applied has changed since.</exception>
    public static async Task<int> MigrateAsync(Module module, string ownerConnectionString, string appRole, CancellationToken cancellationToken)
    {
        NpgsqlConnectionStringBuilder target = new(ownerConnectionString) { Pooling = false };
        await using NpgsqlConnection connection = new(target.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
        }
        catch (NpgsqlException failure)
        {
            throw ConnectionFault.Explain(failure, $"Modules:{module.Name}:OwnerConnectionString", target);
        }

        var migrations = Migration.Of(module);
        var applied = 0;
        while (await ApplyNextAsync(connection, module, migrations, appRole, cancellationToken))
        {
            applied++;
        }

        return applied;
    }

    private static async Task<bool> ApplyNextAsync(
        NpgsqlConnection connection, Module module, IReadOnlyList<Migration> migrations, string appRole, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_xact_lock(hashtext('migrations of {module.Name}')); {CreateHistory}", cancellationToken);
        var pending = SchemaCheck.Pending(module.Name, migrations, await SchemaCheck.HistoryAsync(connection, cancellationToken));
        if (pending.Count == 0)
        {
            return false;
        }

        var next = pending[0];
        try
        {
            await ExecuteAsync(connection, next.Sql, cancellationToken);
        }
        catch (PostgresException failure)
        {
            throw new StartupException(
                $"Migration {next.Name} of module {module.Name} failed and was rolled back: {failure.MessageText} (SQLSTATE {failure.SqlState}, position {failure.Position}).",
                failure);
        }

        await using var record = new NpgsqlCommand("insert into migrations (origin, name, checksum) values ($1, $2, $3)", connection)
            .With(next.Origin, next.Name, next.Checksum);
        await record.ExecuteNonQueryAsync(cancellationToken);
        await ExecuteAsync(connection, Grants(module.Name, appRole), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    // Explicit grants after each migration instead of default privileges: nothing ever exists, even for a moment, with more rights than meant.
    private static string Grants(string schema, string appRole) => $"""
        grant select, insert, update, delete on all tables in schema "{schema}" to "{appRole}";
        revoke update, delete on outbox from "{appRole}";
        revoke insert, update, delete on migrations from "{appRole}";
        """;

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
