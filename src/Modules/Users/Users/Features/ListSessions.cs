using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Users.Domain;
using Users.Persistence;

namespace Users.Features;

/// <summary>The caller's open sessions, the most recently refreshed first, at most 100.</summary>
internal sealed record ListSessions : IQuery<OpenSessions>
{
    public const int Limit = 100;
}

internal sealed record OpenSessions(IReadOnlyList<OpenSession> Items);

/// <param name="Device">What the device called itself when it signed in, or null.</param>
/// <param name="RefreshedAt">When it last signed in or refreshed.</param>
/// <param name="ExpiresAt">When it ends unless it is refreshed before.</param>
/// <param name="Current">True for the session that asks.</param>
internal sealed record OpenSession(
    Guid Id,
    string? Device,
    DateTimeOffset StartedAt,
    DateTimeOffset RefreshedAt,
    DateTimeOffset ExpiresAt,
    bool Current
);

internal sealed class ListSessionsHandler(UsersDbContext db, Caller caller, TimeProvider clock)
    : IQueryHandler<ListSessions, OpenSessions>
{
    public async Task<Result<OpenSessions>> Handle(ListSessions query, CancellationToken cancellationToken)
    {
        if (caller.UserId is not { } userId)
        {
            return AccountErrors.NotSignedIn;
        }

        var now = clock.GetUtcNow();
        return new OpenSessions(
            await db
                .Sessions.Where(session =>
                    session.AccountId == userId && session.EndedAt == null && session.ExpiresAt > now
                )
                .OrderByDescending(session => session.RefreshedAt)
                .ThenByDescending(session => session.Id)
                .Take(ListSessions.Limit)
                .Select(session => new OpenSession(
                    session.Id,
                    session.Device,
                    session.StartedAt,
                    session.RefreshedAt,
                    session.ExpiresAt,
                    session.Id == caller.SessionId
                ))
                .ToListAsync(cancellationToken)
        );
    }
}

internal sealed class ListSessionsEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/users/me/sessions", (Sender sender, CancellationToken ct) => sender.Ok(new ListSessions(), ct))
            .RequireAuthorization(Policies.Customer)
            .Refuses(AccountErrors.NotSignedIn);
}
