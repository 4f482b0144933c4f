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
        EnsureOfOneKind(whose, migrations, history);
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

    /// <summary>A module's home and its shadow are schemas of the same name, but never the same schema.</summary>
    private static void EnsureOfOneKind(
        string whose,
        IReadOnlyList<Migration> migrations,
        IReadOnlyDictionary<(string Origin, string Name), string> history
    )
    {
        bool HasRun(string origin) =>
            history.Keys.Any(applied => string.Equals(applied.Origin, origin, StringComparison.Ordinal));
        bool IsAbout(string origin) =>
            migrations.Any(one => string.Equals(one.Origin, origin, StringComparison.Ordinal));
        if (IsAbout(Migration.Shadow) && HasRun(Migration.BuildingBlocks))
        {
            throw new StartupException(
                $"This database is the home of {whose}: its schema holds what the module wrote, and cannot be filled "
                    + "by a feed. Take the module out of Feeds:Sources, or use another database here."
            );
        }

        if (IsAbout(Migration.BuildingBlocks) && HasRun(Migration.Shadow))
        {
            throw new StartupException(
                $"This database holds the shadow of {whose}, filled by a feed; the module cannot run on it. Take it "
                    + "out of Modules:Enabled and name it in Feeds:Sources, or use another database here."
            );
        }
    }

    public static string Changed(string whose, Migration migration) =>
        $"Migration {migration.Name} of {whose} was changed after it had been applied to this database. "
        + "Restore the file as it was, and write what you want to change as a new migration.";
}
