using BuildingBlocks.Modules;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Users.Domain;
using Users.Persistence;
using Users.Security;

namespace Users;

/// <summary>
/// Owns accounts, their profiles and sessions, and with them sign-in for the whole installation; see README.md.
/// </summary>
public sealed class UsersModule : Module
{
    /// <inheritdoc />
    public override string Name => "users";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) =>
        module
            .Database<UsersDbContext>()
            .Identifies("account", "accounts.id")
            .Options<UsersOptions>()
            .Refuses("accounts_normalized_email_key", AccountErrors.EmailTaken)
            .SignIn(AddSignIn)
            .SignIn(AddKeys);

    private static void AddSignIn(IServiceCollection services)
    {
        services
            .AddAuthentication(BearerTokenDefaults.AuthenticationScheme)
            .AddBearerToken(bearer => bearer.EventsType = typeof(SessionCheck));
        services.AddScoped<SessionCheck>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<PasswordHasher<Account>>();
        services
            .AddOptions<PasswordHasherOptions>()
            .Configure<IOptions<UsersOptions>>(
                (hashing, users) => hashing.IterationCount = users.Value.PasswordHashIterations
            );
    }

    /// <summary>
    /// The keys that protect access tokens stand in the database, so that every Host reads every other's tokens.
    /// </summary>
    private static void AddKeys(IServiceCollection services)
    {
        // Without a name of its own the application is told apart by its folder, and a new release folder would void
        // every token.
        services.AddDataProtection().SetApplicationName("modular-monolith");
        services.AddSingleton<IXmlRepository, DataProtectionKeys>();
        services
            .AddOptions<KeyManagementOptions>()
            .Configure<IXmlRepository>((keys, repository) => keys.XmlRepository = repository);
    }
}
