using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Users.Domain;
using Users.Features;
using Users.Persistence;
using Users.Security;

namespace Users.Demo;

/// <summary>
/// Makes sure that the two demo accounts exist and can sign in with what is configured now, whatever was configured
/// before.
/// </summary>
internal sealed class LoadDemoAccounts(
    UsersDbContext db,
    Passwords passwords,
    IOptions<DemoOptions> options,
    TimeProvider clock
) : IDemoData
{
    public static IEnumerable<string> Faults(DemoOptions demo) =>
        [
            .. FaultsOf("Admin", demo.AdminEmail, OrGenerated(demo.AdminPassword)),
            .. FaultsOf("Customer", demo.CustomerEmail, OrGenerated(demo.CustomerPassword)),
        ];

    public async Task Load(CancellationToken cancellationToken)
    {
        var demo = options.Value;
        await Ensure(
            new("Admin", DemoOptions.AdminId, demo.AdminEmail, demo.AdminPassword, "Demo Admin", Roles.Admin),
            cancellationToken
        );
        await Ensure(
            new(
                "Customer",
                DemoOptions.CustomerId,
                demo.CustomerEmail,
                demo.CustomerPassword,
                "Demo Customer",
                Roles.User
            ),
            cancellationToken
        );
    }

    private async Task Ensure(DemoAccount wanted, CancellationToken cancellationToken)
    {
        if (FaultsOf(wanted.Setting, wanted.Email, wanted.Password).FirstOrDefault() is { } fault)
        {
            throw new StartupException(fault);
        }

        var email = Account.Normalize(wanted.Email);
        if (
            await db.Accounts.AnyAsync(
                account => account.NormalizedEmail == email && account.Id != wanted.Id,
                cancellationToken
            )
        )
        {
            throw new StartupException(
                $"Demo__{wanted.Setting}Email is the address of another account ({wanted.Email}). Set it to an "
                    + "address that nobody signed up with."
            );
        }

        if (await db.Accounts.FindAsync([wanted.Id], cancellationToken) is { } account)
        {
            account.SetEmail(wanted.Email);
            EnsureRole(account, wanted.Role);
            await EnsurePassword(wanted, cancellationToken);
        }
        else
        {
            account = Account.Register(wanted.Id, wanted.Email, wanted.Name, wanted.Role, clock.GetUtcNow());
            db.Add(account);
            db.Add(Credential.For(account.Id, passwords.Hash(wanted.Password)));
            db.Publish(account.ToRegisteredV1());
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    private void EnsureRole(Account account, string role)
    {
        var previous = account.Role;

        // The demo admin comes first, so an admin is left whatever becomes of the other account.
        if (
            !string.Equals(previous, role, StringComparison.Ordinal)
            && !account.ChangeRole(role, otherAdmins: 1).Failed(out _)
        )
        {
            db.Publish(account.ToRoleChangedV1(previous));
        }
    }

    private async Task EnsurePassword(DemoAccount wanted, CancellationToken cancellationToken)
    {
        var credential = await db.Credentials.SingleAsync(
            credential => credential.AccountId == wanted.Id,
            cancellationToken
        );
        if (passwords.Verify(credential.PasswordHash, wanted.Password) == PasswordVerificationResult.Failed)
        {
            credential.SetPasswordHash(passwords.Hash(wanted.Password));
        }
    }

    // What is not configured is generated before it is used.
    private static string OrGenerated(string password) =>
        password.Length > 0 ? password : new('x', Credential.MinPasswordLength);

    private static IEnumerable<string> FaultsOf(string account, string email, string password)
    {
        if (!Account.IsEmail(email))
        {
            yield return $"Demo__{account}Email {AccountRules.EmailRule}.";
        }

        if (!AccountRules.IsPassword(password))
        {
            yield return $"Demo__{account}Password {AccountRules.PasswordRule}.";
        }
    }

    private sealed record DemoAccount(string Setting, Guid Id, string Email, string Password, string Name, string Role)
    {
        public override string ToString() => Setting;
    }
}
