using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;
using BuildingBlocks.Tests.Database;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BuildingBlocks.Tests.Modules;

/// <summary>
/// A module's own code may use the container as it knows it; what goes wrong in it is a fault that names the module.
/// </summary>
public sealed class ModuleSetupTests
{
    private static readonly AsyncLocal<Action<ModuleBuilder>?> Declared = new();
    private static readonly AsyncLocal<bool> MapFails = new();

    private static Error Taken { get; } = Error.Conflict("guest.taken", "Taken.");

    [Fact]
    public void A_typed_client_is_the_modules_own_where_the_Host_has_HTTP_clients()
    {
        var services = Services(
            module => module.With(services => services.AddHttpClient<Client>()),
            host => host.AddHttpClient()
        );

        using var container = services.BuildServiceProvider();

        container.GetRequiredService<Client>().Http.ShouldNotBeNull();
    }

    [Fact]
    public void HTTP_clients_that_the_Host_has_not_are_refused_once_and_say_what_to_add()
    {
        var refusal = Refusal(module => module.With(services => services.AddHttpClient<Client>()));

        refusal
            .Split('\n')
            .Where(line => line.Contains("HTTP clients", StringComparison.Ordinal))
            .ShouldHaveSingleItem()
            .ShouldBe(
                "- guest registers what makes HTTP clients for all modules: have the Host add AddHttpClient() in its "
                    + "Program.cs, "
                    + "before AddModules. AddHttpClient<T>() for a type of the module is then its own."
            );
    }

    [Fact]
    public void A_client_is_set_up_where_no_other_module_gets_it() =>
        Refusal(
                module =>
                    module.With(services =>
                        services.AddHttpClient<Client>(http => http.MaxResponseContentBufferSize = 1)
                    ),
                host => host.AddHttpClient()
            )
            .ShouldContain(
                "guest registers IConfigureOptions<HttpClientFactoryOptions>, "
                    + "which may set up the HTTP clients of all modules."
            );

    [Fact]
    public void Work_in_the_background_that_is_added_twice_runs_once()
    {
        var before = Background(Services(_ => { }));

        var services = Services(module =>
            module.With(services => services.AddHostedService<Loop>().AddHostedService<Loop>())
        );

        Background(services).ShouldBe(before + 1);
    }

    [Fact]
    public void A_module_finds_and_takes_back_what_it_has_added()
    {
        var services = Services(module =>
            module
                .With(services => services.AddHostedService<Loop>().AddSingleton<Client>())
                .With(services =>
                {
                    services.Remove(services.Single(one => one.ImplementationType == typeof(Loop))).ShouldBeTrue();
                    services.Remove(services.Single(one => one.ServiceType == typeof(Client))).ShouldBeTrue();
                })
        );

        services.ShouldNotContain(one => one.ServiceType == typeof(Client) || one.ServiceType == typeof(Loop));
        Background(services).ShouldBe(Background(Services(_ => { })));
    }

    [Fact]
    public void What_a_module_declares_twice_is_a_fault()
    {
        var refusal = Refusal(module =>
            module
                .Refuses("accounts_pkey", Taken)
                .Refuses("accounts_pkey", Taken)
                .Identifies("order", "orders.id")
                .Identifies("order", "old_orders.id")
                .Database<ProbeDbContext>()
                .Database<ProbeDbContext>()
        );

        refusal.ShouldContain("- guest refuses accounts_pkey twice, as guest.taken and as guest.taken; keep one.");
        refusal.ShouldContain("- guest identifies order twice; keep one Identifies(\"order\", ...).");
        refusal.ShouldContain("- guest declares two databases, ProbeDbContext and ProbeDbContext; a module has one.");
    }

    [Fact]
    public void What_the_set_up_of_a_module_throws_names_it()
    {
        Refusal(_ => throw new NotSupportedException("Wrong."))
            .ShouldContain(
                "Module guest cannot be set up, for Guest.Configure fails. Mend it there: System.NotSupportedException"
            );
        Refusal(module => module.Identifies("order", "orders"))
            .ShouldContain("guest declares 'orders', which is not two names");
    }

    [Fact]
    public async Task What_the_mapping_of_an_endpoint_throws_names_it()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting();
        Add(builder.Services, _ => { });
        await using var app = builder.Build();
        MapFails.Value = true;

        Should
            .Throw<StartupException>(app.MapModules)
            .Message.ShouldContain(
                $"Module guest cannot be mapped, for {typeof(GuestEndpoint).FullName}.Map fails. Mend it there: "
            );
    }

    private static int Background(IServiceCollection services) =>
        services.Count(one => one.ServiceType == typeof(IHostedService));

    private static string Refusal(Action<ModuleBuilder> declare, Action<IServiceCollection>? host = null) =>
        Should.Throw<StartupException>(() => Services(declare, host)).Message;

    private static ServiceCollection Services(Action<ModuleBuilder> declare, Action<IServiceCollection>? host = null)
    {
        ServiceCollection services = [];
        services.AddLogging().AddMetrics();
        host?.Invoke(services);
        Add(services, declare);
        return services;
    }

    private static void Add(IServiceCollection services, Action<ModuleBuilder> declare)
    {
        Declared.Value = declare;
        services.AddModules(new ConfigurationBuilder().Build(), modules => modules.Add<Guest>());
    }

    private sealed class Guest : Module
    {
        public override string Name => "guest";

        protected override void Configure(ModuleBuilder module)
        {
            Declared.Value!(module);
            if (module.DbContextType is null)
            {
                module.Database<ProbeDbContext>();
            }
        }
    }

    /// <summary>Maps nothing; the modules of this assembly all have it.</summary>
    private sealed class GuestEndpoint : IEndpoint
    {
        public static void Map(IEndpointRouteBuilder routes)
        {
            if (MapFails.Value)
            {
                throw new NotSupportedException("Wrong.");
            }
        }
    }

    private sealed class Client(HttpClient http)
    {
        public HttpClient Http { get; } = http;
    }

    private sealed class Loop : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }
}
