using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Users.Domain;
using Users.Persistence;

namespace Users.Features;

/// <summary>Changes what the caller wants to be called.</summary>
/// <param name="Name" example="Ada Lovelace">1 to 100 characters.</param>
internal sealed record UpdateProfile(string Name) : ICommand<UserProfile>;

internal sealed class UpdateProfileValidator : AbstractValidator<UpdateProfile>
{
    public UpdateProfileValidator() => RuleFor(profile => profile.Name).NotEmpty().ValidName();
}

internal sealed class UpdateProfileHandler(UsersDbContext db, Caller caller)
    : ICommandHandler<UpdateProfile, UserProfile>
{
    public async Task<Result<UserProfile>> Handle(UpdateProfile command, CancellationToken cancellationToken)
    {
        if (
            await db.Accounts.SingleOrDefaultAsync(account => account.Id == caller.UserId, cancellationToken)
            is not { } account
        )
        {
            return AccountErrors.NotSignedIn;
        }

        if (account.Rename(command.Name))
        {
            db.Publish(account.ToProfileUpdatedV1());
            await db.SaveChangesAsync(cancellationToken);
        }

        return UserProfile.Of(account);
    }
}

internal sealed class UpdateProfileEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut("/users/me/profile", (UpdateProfile command, Sender sender, CancellationToken ct) =>
                sender.Ok(command, ct)
            )
            .RequireAuthorization(Policies.Customer)
            .Refuses(AccountErrors.NotSignedIn);
}
