using Analyzers.Tests.Running;

namespace Analyzers.Tests.Rules;

public sealed class EndpointTests
{
    [Fact]
    public Task An_endpoint_says_who_may_call_it() =>
        Marked.Code(
            """
            using BuildingBlocks.Web;
            using Microsoft.AspNetCore.Authorization;
            using Microsoft.AspNetCore.Builder;
            using Microsoft.AspNetCore.Http;
            using Microsoft.AspNetCore.Routing;

            namespace Orders.Features;

            internal sealed class SampleEndpoint : IEndpoint
            {
                public static void Map(IEndpointRouteBuilder routes)
                {
                    {|MM0014:routes.MapGet("/a", () => 1)|};
                    _ = {|MM0014:routes.MapPost("/b", Handle)|}.WithName("b").Produces(200);
                    {|MM0014:routes.MapGroup("/c").WithTags("c").MapDelete("/c", () => 1)|};
                    routes.MapGet("/d", () => 1).WithName("d").RequireAuthorization();
                    routes.MapGet("/e", () => 1).AllowAnonymous().WithName("e");
                    routes.MapGroup("/f").RequireAuthorization().MapGet("/f", () => 1);
                    routes.MapGet("/g", [Authorize] () => 1);
                    routes.MapGet("/h", Open);
                    Secured(routes.MapGet("/i", () => 1));
                    routes.MapGet("/j", () => 1).Secured();
                    var kept = routes.MapGet("/k", () => 1);
                    kept.RequireAuthorization();
                    var group = routes.MapGroup("/l").AllowAnonymous();
                    group.MapGet("/l", () => 1);
                }

                private static int Handle() => 1;

                [AllowAnonymous]
                private static int Open() => 1;

                private static void Secured(RouteHandlerBuilder builder) => builder.RequireAuthorization();
            }

            internal static class Securing
            {
                public static RouteHandlerBuilder Secured(this RouteHandlerBuilder builder) => builder.RequireAuthorization();

                public static void Elsewhere(IEndpointRouteBuilder routes) => routes.MapGet("/m", () => 1);
            }
            """
        );
}
