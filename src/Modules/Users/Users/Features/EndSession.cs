using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Users.Domain;
using Users.Persistence;

namespace Users.Features;

/// <summary>
/// Ends one of the caller's own sessions, on this device or another; none of its tokens works from then on.
/// </summary>
/// <param name="SessionId" example="0198a000-0000-7000-8000-000000000001">As GET /users/me/sessions tells it.</param>
internal sealed record EndSession(Guid SessionId) : ICommand;

internal sealed class EndSessionValidator : AbstractValidator<EndSession>
{
    public EndSessionValidator() => RuleFor(end => end.SessionId).NotEmpty();
}

internal sealed class EndSessionHandler(UsersDbContext db, Caller caller, TimeProvider clock)
    : ICommandHandler<EndSession>
{
    public async Task<Result> Handle(EndSession command, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var session = await db.Sessions.SingleOrDefaultAsync(
            session =>
                session.Id == command.SessionId
                && session.AccountId == caller.UserId
                && session.EndedAt == null
                && session.ExpiresAt > now,
            cancellationToken
        );
        if (session is null)
        {
            return SessionErrors.Unknown;
        }

        session.End(now);
        await db.SaveChangesAsync(cancellationToken);
        return Result.Done;
    }
}

internal sealed class EndSessionEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapDelete("/users/me/sessions/{id:guid}", (Guid id, Sender sender, CancellationToken ct) =>
                sender.NoContent(new EndSession(id), ct)
            )
            .RequireAuthorization(Policies.Customer)
            .Refuses(SessionErrors.Unknown);
}
