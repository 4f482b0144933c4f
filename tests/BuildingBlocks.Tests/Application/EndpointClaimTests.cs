using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.Application;

/// <summary>
/// What two modules, or a module and the Host, claim both is refused at start and not when the first request comes.
/// </summary>
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
    [InlineData("GET", "/files/{a}-{b}.csv", "GET", "/files/{name}.csv")]
    [InlineData("GET", "/files/{name}.csv", "GET", "/files/{name}")]
    [InlineData("GET", "/files/{name}", "GET", "/files/{**rest}")]
    [InlineData("GET", "/notes/{id:guid}", "GET", "/notes/{id}")]
    [InlineData("GET", "/notes/{x:decimal}", "GET", "/notes/{x:datetime}")]
    [InlineData("GET", "/notes/{x:double}", "GET", "/notes/{x:guid}")]
    [InlineData("GET", "/notes/{x:alpha}", "GET", "/notes/{x:int}")]
    [InlineData("GET", "/notes", "GET", "/notes/{id?}")]
    [InlineData("*", "/notes", "GET", "/notes")]
    public void Names_both_owners_of_an_address(
        string methods,
        string pattern,
        string otherMethods,
        string otherPattern
    )
    {
        var refusal = Should.Throw<StartupException>(() =>
            Check((methods, pattern, "orders"), (otherMethods, otherPattern, null))
        );

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
    [InlineData("GET", "/files/{**rest}", "GET", "/files/newest")]
    [InlineData("GET", "/files/{**rest}", "GET", "/tags/{id}")]
    public void Lets_addresses_be_that_routing_can_tell_apart(
        string methods,
        string pattern,
        string otherMethods,
        string otherPattern
    ) => Check((methods, pattern, "orders"), (otherMethods, otherPattern, "payments"));

    [Theory]
    [InlineData("/notes/{x:decimal}", "/notes/{x:datetime}")]
    [InlineData("/files/{a}-{b}.csv", "/files/{name}.csv")]
    public void Inside_a_module_routing_must_have_a_choice(string pattern, string other) =>
        Should
            .Throw<StartupException>(() => Check(("GET", pattern, "orders"), ("GET", other, "orders")))
            .Message.ShouldContain(
                $"GET {pattern} of module orders and GET {other} of module orders answer the same requests"
            );

    [Fact]
    public void Inside_a_module_the_narrower_address_is_its_own_affair() =>
        Check(
            ("GET", "/notes/{id:guid}", "orders"),
            ("GET", "/notes/{id}", "orders"),
            ("GET", "/notes/{**rest}", "orders")
        );

    [Theory]
    [InlineData("application/*", "users")]
    [InlineData("text/plain", "orders")]
    public void No_content_type_makes_room_for_a_second_claim(string contentType, string module)
    {
        using var app = App();
        app.MapPost("/login", () => "")
            .WithMetadata(new EndpointModule("users"), new AcceptsMetadata(["application/json"]));
        app.MapPost("/login", () => "").WithMetadata(new EndpointModule(module), new AcceptsMetadata([contentType]));

        Should
            .Throw<StartupException>(() => EndpointClaims.EnsureDistinct(app))
            .Message.ShouldContain(
                $"POST /login of module users and POST /login of module {module} answer the same requests"
            );
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void No_order_takes_an_address_of_another(int order)
    {
        using var app = App();
        app.MapGroup("/notes").WithOrder(order).WithMetadata(new EndpointModule("orders")).MapGet("", () => "");
        app.MapGet("/notes", () => "");

        var refusal = Should.Throw<StartupException>(() => EndpointClaims.EnsureDistinct(app)).Message;

        refusal.ShouldContain($"GET /notes/ of module orders has the order {order}");
        refusal.ShouldContain("answer the same requests");
    }

    [Fact]
    public void A_fallback_of_the_Host_takes_nothing()
    {
        using var app = App();
        app.MapFallback(() => "");
        app.MapGet("/{name}", () => "").WithMetadata(new EndpointModule("orders"));

        EndpointClaims.EnsureDistinct(app);
    }

    [Fact]
    public void Names_both_owners_of_a_name()
    {
        using var app = App();
        app.MapGet("/a", () => "").WithName("Same");
        app.MapGet("/b", () => "").WithName("Same").WithMetadata(new EndpointModule("orders"));

        Should
            .Throw<StartupException>(() => EndpointClaims.EnsureDistinct(app))
            .Message.ShouldContain("GET /a of the Host and GET /b of module orders are all named 'Same'");
    }

    private static void Check(params (string Methods, string Pattern, string? Module)[] endpoints)
    {
        using var app = App();
        foreach (var (methods, pattern, module) in endpoints)
        {
            var mapped =
                methods.Length == 0
                    ? app.Map(pattern, () => "")
                    : app.MapMethods(pattern, methods.Split(','), () => "");
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
