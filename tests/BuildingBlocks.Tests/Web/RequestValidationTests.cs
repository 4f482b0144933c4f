using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.Web;

public sealed class RequestValidationTests
{
    [Fact]
    public void A_body_that_nobody_validates_is_named_before_anybody_can_send_it()
    {
        var app = Routes(services => { });

        Should
            .Throw<InvalidOperationException>(() => Endpoints(app))
            .Message.ShouldContain("add ListThingsValidator to the container");
    }

    [Fact]
    public void What_is_no_body_needs_no_validator() =>
        Endpoints(Routes(services => services.AddTransient<IValidator<ListThings>, ListThingsValidator>()))
            .Count.ShouldBe(2);

    private static WebApplication Routes(Action<IServiceCollection> add)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore(); // A web application must have a server, but this one is never started.
        builder.Services.AddRouting().AddScoped<Caller>();
        add(builder.Services);
        var app = builder.Build();
        var group = app.MapGroup("/things").ValidatesBodies();
        group.MapPost("/", (ListThings body, Caller caller) => body);
        group.MapGet("/{name}", (string name, int? limit, Caller caller, CancellationToken cancellationToken) => name);
        return app;
    }

    private static List<Microsoft.AspNetCore.Http.Endpoint> Endpoints(IEndpointRouteBuilder app) =>
        [.. app.DataSources.SelectMany(source => source.Endpoints)];
}
