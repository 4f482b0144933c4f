using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;
using BuildingBlocks.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Users.Contracts;
using Users.Demo;
using Users.Features;
using Users.Persistence;
using Users.Security;

namespace Users.Tests.Demo;

public sealed class LoadDemoAccountsTests(UsersFixture users) : IClassFixture<UsersFixture>
{
    [Fact]
    public async Task Ensures_both_accounts_with_what_is_configured_now()
    {
        await Load(new() { AdminPassword = "first admin password", CustomerPassword = "first customer password" });
        await Load(new() { AdminPassword = "first admin password", CustomerPassword = "first customer password" });

        (await users.Published<UserRegisteredV1>())
            .Where(registered =>
                registered.UserId == DemoOptions.AdminId || registered.UserId == DemoOptions.CustomerId
            )
            .Select(registered => (registered.Email, registered.Role))
            .ShouldBe([("admin@example.com", "admin"), ("customer@example.com", "user")]);
        (await users.TrySignIn("admin@example.com", "first admin password")).Succeeded();
        (await users.TrySignIn("customer@example.com", "first customer password")).Succeeded();

        (await users.Send(new ChangeRole(DemoOptions.CustomerId, "admin"))).Succeeded();
        (await users.Send(new ChangeRole(DemoOptions.AdminId, "user"))).Succeeded();
        await Load(
            new()
            {
                AdminEmail = "boss@example.com",
                AdminPassword = "second admin password",
                CustomerPassword = "first customer password",
            }
        );

        (await users.TrySignIn("boss@example.com", "second admin password")).Succeeded();
        (await users.TrySignIn("admin@example.com", "first admin password")).RefusedWith("users.sign-in-failed");
        (await users.Send(new GetProfile(), As.User(DemoOptions.AdminId))).Succeeded().Role.ShouldBe("admin");
        (await users.Send(new GetProfile(), As.User(DemoOptions.CustomerId))).Succeeded().Role.ShouldBe("user");
    }

    [Theory]
    [InlineData("short", "long enough password", "Demo__AdminPassword must have 10 to 128 characters.")]
    [InlineData("long enough password", "", "Demo__CustomerPassword must have 10 to 128 characters.")]
    public async Task Names_the_setting_whose_password_breaks_the_rules(string admin, string customer, string message)
    {
        var failure = await Should.ThrowAsync<StartupException>(() =>
            Load(new() { AdminPassword = admin, CustomerPassword = customer })
        );

        failure.Message.ShouldBe(message);
    }

    [Fact]
    public async Task Names_the_setting_whose_address_somebody_else_has()
    {
        var email = users.NewEmail();
        await users.Register(email);

        var failure = await Should.ThrowAsync<StartupException>(() =>
            Load(new() { AdminEmail = email, AdminPassword = "long enough password" })
        );

        failure.Message.ShouldStartWith("Demo__AdminEmail is the address of another account");
    }

    private async Task Load(DemoOptions options)
    {
        await using var scope = users.Services.CreateAsyncScope();
        LoadDemoAccounts demo = new(
            scope.ServiceProvider.GetRequiredService<UsersDbContext>(),
            scope.ServiceProvider.GetRequiredService<Passwords>(),
            Options.Create(options),
            users.Clock
        );
        await demo.Load(TestContext.Current.CancellationToken);
    }
}
