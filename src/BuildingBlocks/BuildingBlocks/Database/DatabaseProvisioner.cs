using BuildingBlocks.Database.Provisioning;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.Database;

/// <summary>
/// Makes, with an administrator's rights, the database, for each module its schema and two roles, and the schema of
/// reference data with its owner role, and takes everything from PUBLIC. Running it again changes nothing but what has
/// drifted. The running Host never needs these rights.
/// </summary>
/// <param name="administrator">Connects as a superuser, or as a role that may create databases and roles; names the
/// database, or leaves it to the default.</param>
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

    /// <summary>The names of modules that run elsewhere and whose events a feed brings here.</summary>
    public IReadOnlyCollection<string> Shadows { get; init; } = [];

    private string Database => string.IsNullOrEmpty(server.Database) ? DefaultDatabase : server.Database;

    private string CreateDatabase => $"create database {Identifier.Quote(Database)} encoding 'UTF8' template template0";

    /// <summary>Makes what is missing for these modules.</summary>
    /// <param name="modules">Their names.</param>
    /// <param name="projections">Those of them that are projections: their owners get a second schema, to rebuild
    /// in.</param>
    /// <param name="cancellationToken">Cancels the operation; nothing is changed.</param>
    /// <exception cref="StartupException">The server cannot be reached, refuses the sign-in, is too old, or the
    /// administrator lacks rights.</exception>
    public Task ProvisionAsync(
        IEnumerable<string> modules,
        IReadOnlySet<string> projections,
        CancellationToken cancellationToken
    ) =>
        GuardedAsync(async () =>
        {
            await CreateDatabaseAsync(cancellationToken);
            await using var connection = await OpenAsync(Database, cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, $"select pg_advisory_xact_lock({ProvisioningLock})", cancellationToken);
            passwords.Reload();
            var needed = await NeededAsync(connection, Plan(modules, projections), isNew: false, cancellationToken);
            if (needed.Count > 0)
            {
                var isSuperuser = await AskAsync<bool>(
                    connection,
                    "select rolsuper from pg_roles where rolname = current_user",
                    cancellationToken
                );
                await ExecuteAsync(
                    connection,
                    string.Join(";\n", needed.Select(step => isSuperuser ? step.Sql : AsOwner(step))),
                    cancellationToken
                );
            }

            passwords.Save();
            await transaction.CommitAsync(cancellationToken);
        });

    /// <summary>What provisioning would run, with passwords left out. Changes nothing.</summary>
    /// <returns>Statements without semicolons; none when nothing is missing.</returns>
    /// <exception cref="StartupException">The server cannot be used.</exception>
    public async Task<IReadOnlyList<string>> PreviewAsync(
        IEnumerable<string> modules,
        IReadOnlySet<string> projections,
        CancellationToken cancellationToken
    )
    {
        var isNew = await IsNewAsync(cancellationToken);
        await using var connection = await OpenAsync(isNew ? "postgres" : Database, cancellationToken);
        var needed = await NeededAsync(connection, Plan(modules, projections), isNew, cancellationToken);
        return [.. isNew ? [CreateDatabase] : Array.Empty<string>(), .. needed.Select(step => step.Shown)];
    }

    /// <summary>The same as a file for psql, and the passwords that it makes in their file. Needs no server.</summary>
    public async Task<string> ScriptAsync(
        IEnumerable<string> modules,
        IReadOnlySet<string> projections,
        CancellationToken cancellationToken
    )
    {
        Dictionary<string, string> verifiers = new(StringComparer.Ordinal);
        string VerifierOf(string role) =>
            verifiers.TryGetValue(role, out var made)
                ? made
                : verifiers[role] = RolePasswords.ScramVerifier(passwords.Of(role));
        var script = ProvisioningScript.Of(
            Database,
            ProvisioningLock,
            new(Database, prefix, [.. modules], projections, Shadows, VerifierOf),
            VerifierOf
        );
        passwords.Save();
        return script;
    }

    /// <summary>
    /// Gives roles new passwords, on the server and in the file, without refusing anybody who reads the file: those who
    /// are about to sign in come first, newcomers wait for a moment. What is connected stays so.
    /// </summary>
    /// <param name="modules">Whose roles; and that of the reference data.</param>
    /// <param name="cancellationToken">Cancels the rotation; the old passwords stay valid.</param>
    /// <returns>The roles.</returns>
    /// <exception cref="StartupException">The server cannot be used, a role does not exist, or somebody hangs while he
    /// signs in.</exception>
    public async Task<IReadOnlyList<string>> RotatePasswordsAsync(
        IEnumerable<string> modules,
        CancellationToken cancellationToken
    )
    {
        var roles = RolesOf(modules);
        await GuardedAsync(async () =>
        {
            await using var connection = await OpenAsync(Database, cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, $"select pg_advisory_xact_lock({ProvisioningLock})", cancellationToken);
            var known = await AskAsync<string[]>(
                connection,
                "select array(select rolname::text from pg_roles)",
                cancellationToken
            );
            if (roles.FirstOrDefault(role => !known.Contains(role, StringComparer.Ordinal)) is { } missing)
            {
                throw new StartupException(
                    $"There is no role {missing}. Run 'database provision' first, or correct Database:Prefix."
                );
            }

            passwords.Reload();
            var steps = roles
                .Select(role => ProvisioningPlan.Password(role, RolePasswords.ScramVerifier(passwords.Renew(role))))
                .ToArray();
            passwords.Stage();
            await ExecuteAsync(connection, string.Join(";\n", steps.Select(step => step.Sql)), cancellationToken);

            // Closed for as long as a commit takes.
            await using var gate = await new PasswordGate(passwords.Path).CloseAsync(cancellationToken);
            await transaction.CommitAsync(CancellationToken.None);
            passwords.Publish();
        });
        return roles;
    }

    /// <summary>The roles whose passwords <see cref="RotatePasswordsAsync"/> changes.</summary>
    public IReadOnlyList<string> RolesOf(IEnumerable<string> modules) =>
        [
            .. modules
                .Select(module => ModuleRoles.Of(prefix, module))
                .SelectMany(roles =>
                    roles.Schema is ReferenceSchema.Name ? new[] { roles.Owner }
                    : Shadows.Contains(roles.Schema, StringComparer.Ordinal) ? [roles.App, roles.Feed, roles.Owner]
                    : [roles.App, roles.Owner]
                ),
        ];

    /// <summary>How the running Host connects for a module.</summary>
    public string AppConnectionString(string module) => ConnectionString(ModuleRoles.Of(prefix, module).App);

    /// <summary>How the running Host appends to the shadow of a module that runs elsewhere.</summary>
    public string FeedConnectionString(string module) => ConnectionString(ModuleRoles.Of(prefix, module).Feed);

    /// <summary>How a module's schema, or that of reference data, is migrated.</summary>
    public string OwnerConnectionString(string module) => ConnectionString(ModuleRoles.Of(prefix, module).Owner);

    private ProvisioningPlan Plan(IEnumerable<string> modules, IReadOnlySet<string> projections) =>
        new(Database, prefix, [.. modules], projections, Shadows, role =>
            RolePasswords.ScramVerifier(passwords.Of(role))
        );

    private string ConnectionString(string role) =>
        new NpgsqlConnectionStringBuilder(administrator)
        {
            Database = Database,
            Username = role,
            Password = passwords.Of(role),
        }.ConnectionString;

    // An administrator who is no superuser must be a member of the owner for the moment it takes to give the schema
    // away.
    private static string AsOwner(ProvisioningStep step) =>
        step.ActsAs is { } owner
            ? $"grant {Identifier.Quote(owner)} to current_user;\n{step.Sql};\nrevoke {Identifier.Quote(owner)} from "
                + "current_user"
            : step.Sql;

    private async Task GuardedAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (PostgresException refused)
            when (string.Equals(refused.SqlState, PostgresErrorCodes.InsufficientPrivilege, StringComparison.Ordinal))
        {
            throw new StartupException(
                $"ConnectionStrings:Postgres signs in as '{server.Username}', who may not create databases, roles and "
                    + $"schemas ({refused.MessageText}). "
                    + "Use a superuser, or have an administrator provision and give one "
                    + "Modules:<Module>:ConnectionString for each module.",
                refused
            );
        }
    }

    private async Task<IReadOnlyList<ProvisioningStep>> NeededAsync(
        NpgsqlConnection connection,
        ProvisioningPlan plan,
        bool isNew,
        CancellationToken cancellationToken
    )
    {
        var steps = plan.Steps().ToArray();
        var asked = steps.Select(step =>
            isNew && step.InNewDatabase is { } known ? (known ? "true" : "false") : $"coalesce(({step.Needed}), false)"
        );
        var needed = await AskAsync<bool[]>(
            connection,
            $"select array[{string.Join(",\n", asked)}]",
            cancellationToken
        );
        return [.. steps.Where((_, i) => needed[i]), .. await StaleAsync(connection, plan, cancellationToken)];
    }

    /// <summary>New passwords for roles that exist and have others than the file says.</summary>
    private async Task<IReadOnlyList<ProvisioningStep>> StaleAsync(
        NpgsqlConnection connection,
        ProvisioningPlan plan,
        CancellationToken cancellationToken
    )
    {
        List<(string Role, string? Verifier)> found = [];
        var maySee = await AskAsync<bool>(
            connection,
            "select has_table_privilege('pg_authid', 'select')",
            cancellationToken
        );
        await using (
            var command = new NpgsqlCommand(
                $"select rolname::text, {(maySee ? "rolpassword" : "null::text")} from "
                    + $"{(maySee ? "pg_authid" : "pg_roles")} where rolname = any ($1)",
                connection
            ).With([plan.Roles().ToArray()])
        )
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                found.Add(
                    (reader.GetString(0), await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetString(1))
                );
            }
        }

        List<ProvisioningStep> stale = [];
        foreach (var (role, verifier) in found)
        {
            if (
                !(
                    maySee
                        ? RolePasswords.Matches(verifier, passwords.Of(role))
                        : await SignsInAsync(role, cancellationToken)
                )
            )
            {
                stale.Add(ProvisioningPlan.Password(role, RolePasswords.ScramVerifier(passwords.Of(role))));
            }
        }

        return stale;
    }

    private async Task<bool> SignsInAsync(string role, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = new(
            new NpgsqlConnectionStringBuilder(ConnectionString(role)) { Pooling = false }.ConnectionString
        );
        try
        {
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private async Task CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        if (!await IsNewAsync(cancellationToken))
        {
            return;
        }

        await using var connection = await OpenAsync("postgres", cancellationToken);
        try
        {
            await ExecuteAsync(connection, CreateDatabase, cancellationToken);
        }
        catch (PostgresException raced)
            when (raced.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another Host made it between our look and our try, which is as good.
        }
    }

    private async Task<bool> IsNewAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync("postgres", cancellationToken);
        if (connection.PostgreSqlVersion.Major < OldestMajor)
        {
            throw new StartupException(
                $"The server of ConnectionStrings:Postgres is PostgreSQL {connection.PostgreSqlVersion}; "
                    + $"{OldestMajor} or newer is needed."
            );
        }

        await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection).With(
            Database
        );
        return await exists.ExecuteScalarAsync(cancellationToken) is null;
    }

    private async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = new(
            new NpgsqlConnectionStringBuilder(administrator) { Database = database, Pooling = false }.ConnectionString
        );
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

    private static async Task<T> AskAsync<T>(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken
    )
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = LongestStatement };
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = LongestStatement };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
