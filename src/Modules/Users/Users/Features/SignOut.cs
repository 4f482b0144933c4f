using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Users.Domain;

namespace Users.Features;

/// <summary>Ends the session whose token the request carries; none of its tokens works from then on.</summary>
internal sealed class SignOutEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/users/logout", (Caller caller, Sender sender, CancellationToken ct) =>
                sender.NoContent(new EndSession(caller.SessionId ?? Guid.Empty), ct)
            )
            .RequireAuthorization(Policies.Customer)
            .Refuses(SessionErrors.Unknown);
}
