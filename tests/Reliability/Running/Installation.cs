using System.Text.Json;
using Npgsql;

namespace Reliability.Running;

/// <summary>
/// An installation as it is in production: database provisioned and migrated by commands, Hosts that know only the app
/// roles.
/// </summary>
internal sealed class Installation
{
    public const string Database = "mm";
    public const string AdminPassword = "an admin of the fault tests";
    public const string CustomerPassword = "a customer of the fault tests";

    private const string Prefix = "mm_";
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(3);
    private readonly string folder;

    private Installation(string folder, IReadOnlyDictionary<string, string> passwords) =>
        (this.folder, Passwords) = (folder, passwords);

    /// <summary>By role.</summary>
    public IReadOnlyDictionary<string, string> Passwords { get; }

    public static async Task<Installation> MakeAsync(string folder, Server server)
    {
        Directory.CreateDirectory(folder);
        Dictionary<string, string?> settings = new(StringComparer.Ordinal)
        {
            ["ConnectionStrings__Postgres"] = server.Administrator(Database),
            ["EmbeddedPostgres__DataDirectory"] = folder,
        };
        foreach (var step in (string[])["provision", "migrate"])
        {
            await using var command = HostInstance.Launch(
                settings,
                Path.Combine(folder, $"{step}.log"),
                "database",
                step
            );
            if (await command.EndAsync(CommandLimit) != 0)
            {
                throw new InvalidOperationException($"database {step} failed; see {folder}/{step}.log.");
            }
        }

        await using var file = File.OpenRead(Path.Combine(folder, "database-roles.json"));
        return new(folder, (await JsonSerializer.DeserializeAsync<Dictionary<string, string>>(file))!);
    }

    /// <summary>The settings of a Host that reaches the database through a port.</summary>
    /// <param name="port">PostgreSQL's, or of what stands before it.</param>
    /// <param name="throughPgBouncer">Whether that leads to PgBouncer; see docs/guides/pgbouncer.md.</param>
    public Dictionary<string, string?> HostSettings(int port, bool throughPgBouncer)
    {
        Dictionary<string, string?> settings = new(StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["EmbeddedPostgres__DataDirectory"] = folder,
            ["Demo__Enabled"] = "true",
            ["Demo__AdminPassword"] = AdminPassword,
            ["Demo__CustomerPassword"] = CustomerPassword,
            ["RateLimits__SignInsPerMinute"] = "100000",
            ["RateLimits__RequestsPerSecond"] = "100000",
            ["RateLimits__Burst"] = "100000",
            ["Host__ShutdownTimeout"] = "00:00:10",
            ["Logging__LogLevel__Default"] = "Warning",
            // A zombie sleeps longer than all of these.
            ["payments__CallTimeout"] = "00:00:02",
            ["payments__Lease"] = "00:00:12",
            ["EventLog__ReactionTimeLimit"] = "00:00:05",
        };
        foreach (var role in Passwords.Keys.Where(role => role.EndsWith("_app", StringComparison.Ordinal)))
        {
            NpgsqlConnectionStringBuilder connection = new()
            {
                Host = "127.0.0.1",
                Port = port,
                Database = Database,
                Username = role,
                Password = Passwords[role],
                SslMode = SslMode.Disable,
                GssEncryptionMode = GssEncryptionMode.Disable,
                MaxPoolSize = 5,
                Timeout = 5,
                CommandTimeout = 10,
            };
            if (throughPgBouncer)
            {
                connection.NoResetOnClose = true;
            }

            settings[$"Modules__{role[Prefix.Length..^"_app".Length]}__ConnectionString"] = connection.ConnectionString;
        }

        return settings;
    }
}
