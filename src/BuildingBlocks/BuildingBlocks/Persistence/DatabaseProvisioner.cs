using System.Globalization;
using BuildingBlocks.Modules;
using Npgsql;

namespace BuildingBlocks.Persistence;

/// <summary>
/// Makes, with an administrator's rights, the database, and for each module its schema and two roles, and takes everything from PUBLIC.
/// Running it again changes nothing but what has drifted. The running Host never needs these rights.
/// </summary>
/// <param name="administrator">Connects as a superuser, or as a role that may create databases and roles; names the database, or leaves it to the default.</param>
/// <param name="prefix">The installation's prefix of role names.</param>
/// <param name="passwords">Of the roles; missing ones are made.</param>
public sealed class DatabaseProvisioner(string administrator, string prefix, RolePasswords passwords)
{
    /// <summary>The database's name when the administrator's connection string does not say one.</summary>
    public const string DefaultDatabase = "modular_monolith";

    /// <summary>The oldest server that has all we use.</summary>
    public const int OldestMajor = 15;

    // Seconds. Making a database copies files, and another Host may be provisioning at the same time.
    private const int LongestStatement = 300;

    private const long ProvisioningLock = 0x4D4D_50524F56;

    private readonly NpgsqlConnectionStringBuilder server = new(administrator);

    private string Database => string.IsNullOrEmpty(server.Database) ? DefaultDatabase : server.Database;

    /// <summary>Makes what is missing for these modules.</summary>
    /// <exception cref="StartupException">The server cannot be reached, refuses the sign-in, is too old, or the administrator lacks rights.</exception>
    public async Task ProvisionAsync(IEnumerable<string> modules, CancellationToken cancellationToken)
    {
        try
        {
            await CreateDatabaseAsync(cancellationToken);
            await using var connection = await OpenAsync(Database, cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, $"select pg_advisory_xact_lock({ProvisioningLock})", cancellationToken);
            await ExecuteAsync(connection, TakeFromPublic(), cancellationToken);
            foreach (var roles in modules.Select(module => ModuleRoles.Of(prefix, module)))
            {
                await ProvisionModuleAsync(connection, roles, cancellationToken);
            }

            await passwords.SaveAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (PostgresException refused) when (string.Equals(refused.SqlState, PostgresErrorCodes.InsufficientPrivilege, StringComparison.Ordinal))
        {
            throw new StartupException(
                $"ConnectionStrings:Postgres signs in as '{server.Username}', who may not create databases, roles and schemas ({refused.MessageText}). "
                + "Use a superuser, or have an administrator provision and give one Modules:<Module>:ConnectionString for each module.",
                refused);
        }
    }

    /// <summary>How the running Host connects for a module.</summary>
    public string AppConnectionString(string module) => ConnectionString(ModuleRoles.Of(prefix, module).App);

    /// <summary>How a module's schema is migrated.</summary>
    public string OwnerConnectionString(string module) => ConnectionString(ModuleRoles.Of(prefix, module).Owner);

    private string ConnectionString(string role) =>
        new NpgsqlConnectionStringBuilder(administrator) { Database = Database, Username = role, Password = passwords.Of(role) }.ConnectionString;

    private async Task CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync("postgres", cancellationToken);
        if (connection.PostgreSqlVersion.Major < OldestMajor)
        {
            throw new StartupException(
                $"The server of ConnectionStrings:Postgres is PostgreSQL {connection.PostgreSqlVersion}; {OldestMajor} or newer is needed.");
        }

        await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection).With(Database);
        if (await exists.ExecuteScalarAsync(cancellationToken) is not null)
        {
            return;
        }

        try
        {
            await ExecuteAsync(connection, $"create database {Quote(Database)} encoding 'UTF8' template template0", cancellationToken);
        }
        catch (PostgresException raced) when (raced.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another Host made it between our look and our try, which is as good.
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(administrator) { Database = database, Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch (NpgsqlException failure)
        {
            await connection.DisposeAsync();
            throw ConnectionFault.Explain(failure, "ConnectionStrings:Postgres", server);
        }
    }

    private string TakeFromPublic() => $"""
        revoke all on database {Quote(Database)} from public;
        revoke all on schema public from public;
        """;

    private async Task ProvisionModuleAsync(NpgsqlConnection connection, ModuleRoles roles, CancellationToken cancellationToken)
    {
        await ProvisionRoleAsync(connection, roles.Owner, roles.Schema, "connection limit 5", "lock_timeout = '1min'", cancellationToken);
        await ProvisionRoleAsync(connection, roles.App, roles.Schema, "connection limit 100", "statement_timeout = '30s'", cancellationToken);
        var (schema, owner, app) = (Quote(roles.Schema), Quote(roles.Owner), Quote(roles.App));

        // An administrator who is no superuser must be a member of the owner for the moment it takes to give the schema away.
        await ExecuteAsync(
            connection,
            $"""
            do $$ begin
              if not (select rolsuper from pg_roles where rolname = current_user) then grant {owner} to current_user; end if;
            end $$;
            create schema if not exists {schema} authorization {owner};
            alter schema {schema} owner to {owner};
            revoke all on schema {schema} from public;
            grant usage on schema {schema} to {app};
            do $$ begin
              if not (select rolsuper from pg_roles where rolname = current_user) then revoke {owner} from current_user; end if;
            end $$;
            """,
            cancellationToken);
    }

    private async Task ProvisionRoleAsync(
        NpgsqlConnection connection, string role, string schema, string limit, string timeout, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("select 1 from pg_roles where rolname = $1", connection).With(role);
        var verb = await exists.ExecuteScalarAsync(cancellationToken) is null ? "create" : "alter";
        var database = Quote(Database);
        await ExecuteAsync(
            connection,
            $"""
            {verb} role {Quote(role)} login nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls {limit}
              password '{RolePasswords.ScramVerifier(passwords.Of(role))}';
            grant connect on database {database} to {Quote(role)};
            alter role {Quote(role)} in database {database} set search_path = {Quote(schema)};
            alter role {Quote(role)} in database {database} set idle_in_transaction_session_timeout = '60s';
            alter role {Quote(role)} in database {database} set {timeout};
            """,
            cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = LongestStatement };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Quote(string identifier) => string.Create(CultureInfo.InvariantCulture, $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
}
