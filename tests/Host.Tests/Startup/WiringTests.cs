using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orders;
using Payments;
using Payments.Contracts.Queries;
using Users;

namespace Host.Tests.Startup;

[Trait("Module", "Orders")]
public sealed class WiringTests
{
    [Fact]
    public void Lists_every_wiring_fault_at_once()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>(StringComparer.Ordinal) { ["Modules:Enabled"] = "orders,shiping" }
            )
            .Build();

        var refusal = Should.Throw<StartupException>(() =>
            new ServiceCollection().AddModules(configuration, modules => modules.Add<OrdersModule>())
        );

        refusal.Message.ShouldContain("(13 faults)");
        refusal.Message.ShouldContain("Modules:Enabled names 'shiping', but this Host has only orders.");
        foreach (var missing in new[] { "Customers", "Catalog", "Inventory", "Payments", "Shipping" })
        {
            refusal.Message.ShouldContain(
                $"of {missing}, which this Host does not have; add the module, or remove the reactions."
            );
        }

        foreach (var reference in new[] { "customers.customer", "users.account", "catalog.product" })
        {
            refusal.Message.ShouldContain(
                $"refers to {reference}, but this Host has only orders; add the module, or remove the reference."
            );
        }
    }

    [Fact]
    public void Refuses_the_same_module_twice()
    {
        var configuration = new ConfigurationBuilder().Build();

        var refusal = Should.Throw<StartupException>(() =>
            new ServiceCollection().AddModules(configuration, modules =>
                modules.Add<PaymentsModule>().Add<PaymentsModule>()
            )
        );

        refusal.Message.ShouldContain("are all named 'payments'");
    }

    [Theory]
    [InlineData(typeof(StartsTheHost), "IStartupFilter, which is not its own")]
    [InlineData(typeof(ReplacesTheClock), "TimeProvider, which is not its own")]
    [InlineData(typeof(ReplacesTheSender), "IMediator, which is not its own")]
    [InlineData(typeof(SetsUpTheServer), "IConfigureOptions<KestrelServerOptions>, which is not its own")]
    [InlineData(typeof(SetsUpAnother), "IConfigureOptions<PaymentsOptions>, which reaches into module Payments")]
    [InlineData(typeof(StandsInForAnother), "IPaymentGateway, which reaches into module Payments")]
    [InlineData(
        typeof(StandsBeforeAnother),
        "IPipelineBehavior<GetPayments, String>, which reaches into module Payments"
    )]
    [InlineData(
        typeof(StartsTheHost),
        "AnswersForPayments stands in for module Payments, whose DescribePayment is for itself to handle"
    )]
    [InlineData(typeof(TakesAway), "takes IHostedService away")]
    [InlineData(
        typeof(SignsInTwice),
        "users and stranger sign in callers for the whole installation; only one module of a Host may."
    )]
    public void Refuses_what_a_module_would_give_to_others_or_take_from_them(Type stranger, string fault)
    {
        Stranger.OfPayments = [];
        var refusal = Should.Throw<StartupException>(() =>
            new ServiceCollection()
                .AddSingleton<IHostedService, HostWork>()
                .AddLogging()
                .AddModules(new ConfigurationBuilder().Build(), modules =>
                    typeof(ModuleRegistration)
                        .GetMethod(nameof(ModuleRegistration.Add))!
                        .MakeGenericMethod(stranger)
                        .Invoke(modules.Add<UsersModule>().Add<PaymentsModule>(), [])
                )
        );

        refusal.Message.ShouldContain(fault);
        Stranger.OfPayments.ShouldBeEmpty("Nothing of another module is seen, so that nothing can be decorated.");
    }

    /// <summary>Does one thing too many; its other faults are of no interest.</summary>
    private abstract class Stranger : Module
    {
        public static IReadOnlyList<ServiceDescriptor> OfPayments { get; set; } = [];

        public override string Name => "stranger";

        protected static Type Payments(string name) =>
            typeof(PaymentsModule)
                .Assembly.GetTypes()
                .Single(type => string.Equals(type.Name, name, StringComparison.Ordinal));

        protected override void Configure(ModuleBuilder module) =>
            module.With(services =>
            {
                OfPayments =
                [
                    .. services.Where(service =>
                        service.ServiceType.FullName!.Contains("Payments", StringComparison.Ordinal)
                    ),
                ];
                Reach(services);
            });

        protected virtual void Reach(IServiceCollection services) { }
    }

    private sealed class StartsTheHost : Stranger
    {
        protected override void Reach(IServiceCollection services) => services.AddTransient<IStartupFilter, Filter>();
    }

    private sealed class ReplacesTheClock : Stranger
    {
        protected override void Reach(IServiceCollection services) => services.AddSingleton(TimeProvider.System);
    }

    private sealed class ReplacesTheSender : Stranger
    {
        protected override void Reach(IServiceCollection services) => services.AddScoped<IMediator, Mediator>();
    }

    private sealed class SetsUpTheServer : Stranger
    {
        protected override void Reach(IServiceCollection services) =>
            services.Configure<KestrelServerOptions>(server => server.AddServerHeader = true);
    }

    private sealed class SetsUpAnother : Stranger
    {
        protected override void Reach(IServiceCollection services) =>
            services.AddSingleton(typeof(IConfigureOptions<>).MakeGenericType(Payments("PaymentsOptions")), _ =>
                throw new NotSupportedException()
            );
    }

    private sealed class StandsInForAnother : Stranger
    {
        protected override void Reach(IServiceCollection services) =>
            services.AddSingleton(Payments("IPaymentGateway"), _ => throw new NotSupportedException());
    }

    private sealed class StandsBeforeAnother : Stranger
    {
        protected override void Reach(IServiceCollection services) =>
            services.AddTransient(
                typeof(IPipelineBehavior<,>).MakeGenericType(Payments("GetPayments"), typeof(string)),
                _ => throw new NotSupportedException()
            );
    }

    private sealed class TakesAway : Stranger
    {
        protected override void Reach(IServiceCollection services) => services.RemoveAll<IHostedService>();
    }

    private sealed class SignsInTwice : Stranger
    {
        protected override void Configure(ModuleBuilder module) =>
            module.SignIn(services => services.AddAuthentication());
    }

    private sealed class AnswersForPayments : IModuleQueryHandler<DescribePayment, PaymentDescription>
    {
        public Task<PaymentDescription?> Handle(DescribePayment query, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class Filter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => next;
    }

    private sealed class HostWork : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }
}
