using BuildingBlocks.EventLog.Hosting;
using Npgsql;

namespace BuildingBlocks.EventLog.Migrations;

/// <summary>The table <c>migrations</c> of a schema: what was applied to it, and with which checksum.</summary>
internal static class MigrationHistory
{
    /// <summary>Makes the table, once; runs in the schema, as its owner.</summary>
    public const string Create = """
        create table if not exists migrations (
          origin     text not null,
          name       text not null,
          checksum   text not null,
          applied_at timestamptz not null default clock_timestamp(),
          primary key (origin, name)
        )
        """;

    public static async Task<IReadOnlyDictionary<(string Origin, string Name), string>> ReadAsync(
        NpgsqlConnection connection,
        string table,
        CancellationToken cancellationToken
    )
    {
        Dictionary<(string, string), string> history = [];
        await using NpgsqlCommand command = new($"select origin, name, checksum from {table}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            history[(reader.GetString(0), reader.GetString(1))] = reader.GetString(2);
        }

        return history;
    }

    public static IReadOnlyList<Migration> Pending(
        string whose,
        IReadOnlyList<Migration> migrations,
        IReadOnlyDictionary<(string Origin, string Name), string> history
    )
    {
        foreach (var migration in migrations)
        {
            if (
                history.TryGetValue((migration.Origin, migration.Name), out var checksum)
                && !string.Equals(checksum, migration.Checksum, StringComparison.Ordinal)
            )
            {
                throw new StartupException(Changed(whose, migration));
            }
        }

        return [.. migrations.Where(migration => !history.ContainsKey((migration.Origin, migration.Name)))];
    }

    public static string Changed(string whose, Migration migration) =>
        $"Migration {migration.Name} of {whose} was changed after it had been applied to this database. "
        + "Restore the file as it was, and write what you want to change as a new migration.";
}
