using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace BuildingBlocks.Tests.Database;

/// <summary>Passwords change while connections are opened all the time, and nobody is refused.</summary>
public sealed class PasswordRotationTests : IAsyncLifetime
{
    private static readonly string[] Alpha = ["alpha"];

    private readonly string folder = Directory.CreateTempSubdirectory("rotation-").FullName;
    private TestDatabase database = null!;
    private DatabaseProvisioner provisioner = null!;
    private RolePasswords passwords = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string File => Path.Combine(folder, "database-roles.json");

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(Cancellation);
        passwords = RolePasswords.Read(File);
        provisioner = new(database.AdministratorConnectionString, database.Name, passwords);
        await provisioner.ProvisionAsync(Alpha, new HashSet<string>(StringComparer.Ordinal), Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Refuses_nobody_who_opens_connections_meanwhile()
    {
        await using var sources = Sources();
        using CancellationTokenSource done = new();
        var opened = 0;
        var workers = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(
                    async () =>
                    {
                        while (!done.IsCancellationRequested)
                        {
                            await using var connection = await sources.Of("alpha").OpenConnectionAsync(Cancellation);
                            await using NpgsqlCommand command = new("select 1", connection);
                            await command.ExecuteScalarAsync(Cancellation);
                            Interlocked.Increment(ref opened);
                        }
                    },
                    Cancellation
                )
            )
            .ToArray();

        for (var rotation = 0; rotation < 5; rotation++)
        {
            var before = Volatile.Read(ref opened);
            var old = provisioner.AppConnectionString("alpha");
            (await provisioner.RotatePasswordsAsync(Alpha, Cancellation)).ShouldBe([
                database.RolesOf("alpha").App,
                database.RolesOf("alpha").Owner,
            ]);
            (await SignIn(old)).ShouldBe(PostgresErrorCodes.InvalidPassword);
            (await SignIn(provisioner.AppConnectionString("alpha"))).ShouldBeNull();

            // Both passwords have really been in use under load.
            while (Volatile.Read(ref opened) < before + 20 && !Array.Exists(workers, worker => worker.IsCompleted))
            {
                await Task.Delay(10, Cancellation);
            }
        }

        await done.CancelAsync();
        await Task.WhenAll(workers);
        opened.ShouldBeGreaterThanOrEqualTo(100);
    }

    [Fact]
    public async Task Waits_until_those_who_know_the_old_password_have_signed_in()
    {
        PasswordGate gate = new(File);
        var signingIn = gate.Enter(TimeSpan.FromMinutes(5));
        var rotation = provisioner.RotatePasswordsAsync(Alpha, Cancellation);

        // Until he is at the door; then newcomers wait behind him.
        Task<IDisposable> newcomer;
        while (
            await Task.WhenAny(
                newcomer = Task.Run(() => gate.Enter(TimeSpan.FromMinutes(5))),
                Task.Delay(500, Cancellation)
            ) == newcomer
        )
        {
            (await newcomer).Dispose();
        }

        rotation.IsCompleted.ShouldBeFalse();
        signingIn.Dispose();
        await rotation;
        (await newcomer).Dispose();
    }

    [Fact]
    public async Task Forgets_somebody_who_never_signs_in()
    {
        new PasswordGate(File).Enter(TimeSpan.FromMilliseconds(200));

        await provisioner.RotatePasswordsAsync(Alpha, Cancellation);
    }

    [Fact]
    public async Task Keeps_the_old_passwords_when_a_role_is_missing()
    {
        var refusal = await Should.ThrowAsync<StartupException>(() =>
            provisioner.RotatePasswordsAsync(["alpha", "beta"], Cancellation)
        );

        refusal.Message.ShouldContain($"There is no role {database.Name}_beta_app.");
        (await SignIn(provisioner.AppConnectionString("alpha"))).ShouldBeNull();
    }

    [Fact]
    public async Task Names_the_file_that_has_no_password()
    {
        await using ModuleDataSources sources = Sources("nobody");

        var refusal = await Should.ThrowAsync<Exception>(() =>
            sources.Of("alpha").OpenConnectionAsync(Cancellation).AsTask()
        );
        refusal.ToString().ShouldContain("has no password of role 'nobody'");
    }

    private ModuleDataSources Sources(string? role = null) =>
        new(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
                    {
                        ["Modules:alpha:ConnectionString"] = new NpgsqlConnectionStringBuilder(
                            database.AdministratorConnectionString
                        )
                        {
                            Username = role ?? database.RolesOf("alpha").App,
                            Password = null,
                            Pooling = false,
                        }.ConnectionString,
                        [ModuleDataSources.PasswordFileSetting] = File,
                    }
                )
                .Build(),
            NullLoggerFactory.Instance
        );

    private static async Task<string?> SignIn(string connectionString)
    {
        await using NpgsqlConnection connection = new(connectionString + ";Pooling=false");
        try
        {
            await connection.OpenAsync(Cancellation);
            return null;
        }
        catch (PostgresException refused)
        {
            return refused.SqlState;
        }
    }
}
