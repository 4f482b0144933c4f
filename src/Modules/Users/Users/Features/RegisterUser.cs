using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Users.Domain;
using Users.Persistence;
using Users.Security;

namespace Users.Features;

/// <summary>Opens an account of role user. It can sign in at once; its e-mail address is not verified.</summary>
/// <param name="Email" example="ada@example.com">Unique regardless of case.</param>
/// <param name="Password" example="an example of a password">10 to 128 characters of any kind.</param>
/// <param name="Name" example="Ada Lovelace">What the user wants to be called, 1 to 100 characters.</param>
internal sealed record RegisterUser(string Email, string Password, string Name) : ICommand<RegisteredUser>
{
    // A record prints its members, and a log is no place for a password.
    public override string ToString() => $"{nameof(RegisterUser)} {{ Name = {Name} }}";
}

internal sealed record RegisteredUser(Guid UserId);

internal sealed class RegisterUserValidator : AbstractValidator<RegisterUser>
{
    public RegisterUserValidator()
    {
        RuleFor(user => user.Email).NotEmpty().ValidEmail();
        RuleFor(user => user.Password).NotEmpty().ValidPassword();
        RuleFor(user => user.Name).NotEmpty().ValidName();
    }
}

internal sealed class RegisterUserHandler(UsersDbContext db, Passwords passwords, TimeProvider clock)
    : ICommandHandler<RegisterUser, RegisteredUser>
{
    public async Task<Result<RegisteredUser>> Handle(RegisterUser command, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var account = Account.Register(Guid.CreateVersion7(now), command.Email, command.Name, Roles.User, now);
        db.Add(account);
        db.Add(Credential.For(account.Id, passwords.Hash(command.Password)));
        db.Publish(account.ToRegisteredV1());
        await db.SaveChangesAsync(cancellationToken); // an address that is taken violates accounts_normalized_email_key
        return new RegisteredUser(account.Id);
    }
}

internal sealed class RegisterUserEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/users/register", (RegisterUser command, Sender sender, CancellationToken ct) =>
                sender.Created(command, _ => "/users/me/profile", ct)
            )
            .AllowAnonymous()
            .RequireRateLimiting(RateLimits.SignIn)
            .Refuses(AccountErrors.EmailTaken);
}
