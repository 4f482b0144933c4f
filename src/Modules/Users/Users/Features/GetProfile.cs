using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Users.Domain;
using Users.Persistence;

namespace Users.Features;

/// <summary>What the caller's account says of them.</summary>
internal sealed record GetProfile : IQuery<UserProfile>;

/// <param name="Role">user, moderator or admin.</param>
internal sealed record UserProfile(Guid UserId, string Email, string Name, string Role, DateTimeOffset RegisteredAt)
{
    public static UserProfile Of(Account account) =>
        new(account.Id, account.Email, account.Name, account.Role, account.RegisteredAt);
}

internal sealed class GetProfileHandler(UsersDbContext db, Caller caller) : IQueryHandler<GetProfile, UserProfile>
{
    public async Task<Result<UserProfile>> Handle(GetProfile query, CancellationToken cancellationToken) =>
        await db.Accounts.AsNoTracking().SingleOrDefaultAsync(account => account.Id == caller.UserId, cancellationToken)
            is { } account
            ? UserProfile.Of(account)
            : AccountErrors.NotSignedIn;
}

internal sealed class GetProfileEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/users/me/profile", (Sender sender, CancellationToken ct) => sender.Ok(new GetProfile(), ct))
            .RequireAuthorization(Policies.Customer)
            .Refuses(AccountErrors.NotSignedIn);
}
