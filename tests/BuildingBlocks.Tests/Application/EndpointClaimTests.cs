using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.Application;

/// <summary>What two modules, or a module and the Host, claim both is refused at start and not when the first request comes.</summary>
public sealed class EndpointClaimTests
{
    [Theory]
    [InlineData("GET", "/notes/{id}", "GET", "/notes/{noteId}")]
    [InlineData("GET", "/notes/{id}", "GET", "/Notes/{id}")]
    [InlineData("GET", "/notes/{id}", "GET", "/notes/{id?}")]
    [InlineData("GET", "/notes/{id:guid}", "GET", "/notes/{key:guid}")]
    [InlineData("GET", "/notes/{id:int}", "GET", "/notes/{id:long}")]
    [InlineData("GET", "/notes/{id:guid}", "GET", "/notes/{id:length(36)}")]
    [InlineData("GET,POST", "/notes", "POST,PUT", "/notes")]
    [InlineData("", "/notes", "GET", "/notes")]
    [InlineData("GET", "/files/{*path}", "GET", "/files/{**rest}")]
    [InlineData("GET", "/files/{name}.csv", "GET", "/files/{file}.csv")]
    public void Names_both_owners_of_an_address(string methods, string pattern, string otherMethods, string otherPattern)
    {
        var refusal = Should.Throw<StartupException>(() => Check((methods, pattern, "orders"), (otherMethods, otherPattern, null)));

        refusal.Message.ShouldContain($"{pattern} of module orders");
        refusal.Message.ShouldContain($"{otherPattern} of the Host");
    }

    [Theory]
    [InlineData("GET", "/notes/{id}", "PUT", "/notes/{id}")]
    [InlineData("GET", "/notes/{id}", "GET", "/notes/newest")]
    [InlineData("GET", "/notes/{id}", "GET", "/notes/{id}/lines")]
    [InlineData("GET", "/notes/{id}", "GET", "/tags/{id}")]
    [InlineData("GET", "/notes/{id:guid}", "GET", "/notes/{number:int}")]
    [InlineData("GET", "/files/{name}.csv", "GET", "/files/{name}.json")]
    public void Lets_addresses_be_that_routing_can_tell_apart(string methods, string pattern, string otherMethods, string otherPattern) =>
        Check((methods, pattern, "orders"), (otherMethods, otherPattern, "payments"));

    [Fact]
    public void Names_both_owners_of_a_name()
    {
        using var app = App();
        app.MapGet("/a", () => "").WithName("Same");
        app.MapGet("/b", () => "").WithName("Same").WithMetadata(new EndpointModule("orders"));

        Should.Throw<StartupException>(() => EndpointClaims.EnsureDistinct(app)).Message.ShouldContain("GET /a of the Host and GET /b of module orders are all named 'Same'");
    }

    private static void Check(params (string Methods, string Pattern, string? Module)[] endpoints)
    {
        using var app = App();
        foreach (var (methods, pattern, module) in endpoints)
        {
            var mapped = methods.Length == 0 ? app.Map(pattern, () => "") : app.MapMethods(pattern, methods.Split(','), () => "");
            if (module is not null)
            {
                mapped.WithMetadata(new EndpointModule(module));
            }
        }

        EndpointClaims.EnsureDistinct(app);
    }

    private static WebApplication App()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddLogging().AddRouting();
        return builder.Build();
    }
}
