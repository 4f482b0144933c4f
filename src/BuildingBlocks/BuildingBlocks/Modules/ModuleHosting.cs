using System.Reflection;
using BuildingBlocks.Application;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Maintenance;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.Feeds;
using BuildingBlocks.Operations;
using BuildingBlocks.Reference;
using BuildingBlocks.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BuildingBlocks.Modules;

/// <summary>How a Host takes in modules.</summary>
public static class ModuleHosting
{
    /// <summary>
    /// Registers the modules with all that is found in them, and the event log that ties them together.
    /// </summary>
    /// <param name="services">The Host's.</param>
    /// <param name="configuration">The Host's; read again when the services are used, so connection strings may be
    /// added until the Host is built.</param>
    /// <param name="add">Names the modules, one line each.</param>
    /// <returns>The modules that will run.</returns>
    /// <exception cref="StartupException">Lists every wiring fault at once.</exception>
    public static ModuleCatalog AddModules(
        this IServiceCollection services,
        IConfiguration configuration,
        Action<ModuleRegistration> add
    )
    {
        // A field is told its first fault only, so later rules need not repeat what the earlier ones made sure of.
        ValidatorOptions.Global.DefaultRuleLevelCascadeMode = CascadeMode.Stop;

        // Before the modules: what ASP.NET Core registers for signing in brings the machine's clock along where there
        // is none yet.
        services.TryAddSingleton<TimeProvider>(new DatabaseClock(TimeProvider.System));

        ModuleRegistration registration = new(services, configuration);
        add(registration);
        var catalog = registration.Build();

        services.AddSingleton(catalog);
        services.AddSingleton(configuration);
        services.AddSingleton<ModuleDataSources>();
        services.AddSingleton(provider => new ReferenceData(provider.GetRequiredService<ModuleDataSources>(), type =>
            catalog.OwnerOf(type)?.Name
        ));
        services.AddScoped<Caller>();
        services.AddScoped<DemoDataLoader>();

        services.AddScoped<ServiceFactory>(provider => provider.GetService!);
        services.AddScoped<IMediator, Mediator>();
        services.AddScoped<Sender>();
        services.AddSingleton<ModuleCommands>();
        services.AddSingleton<ModuleQueries>();
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(ValidationBehavior<,>));
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(DatabaseRefusalBehavior<,>));

        services.AddSingleton(catalog.Log);
        services.AddSingleton(catalog.Events);
        services.AddSingleton<IModulePools>(provider => provider.GetRequiredService<ModuleDataSources>());
        services.AddEventLog(configuration);
        services.AddFeeds(configuration);
        services.AddSingleton<ParkedEventOperations>();
        services.AddSingleton<SubscriptionOperations>();
        services.AddSingleton<RebuildOperations>();
        return catalog;
    }

    /// <summary>Maps the endpoints of all modules, tagged with their module's name.</summary>
    public static void MapModules(this IEndpointRouteBuilder routes)
    {
        foreach (var module in routes.ServiceProvider.GetRequiredService<ModuleCatalog>().Descriptors)
        {
            var group = routes.MapGroup("").WithTags(module.Name).WithMetadata(new EndpointModule(module.Name));
            ((IEndpointConventionBuilder)group).Finally(endpoint =>
                endpoint.RequestDelegate = AsCodeOf(module.Name, endpoint.RequestDelegate!)
            );
            foreach (var endpoint in module.Endpoints)
            {
                try
                {
                    using var stay = ModuleCode.Enter(module.Name);
                    endpoint.GetMethod(nameof(IEndpoint.Map))!.Invoke(null, [group]);
                }
                catch (TargetInvocationException failed)
                {
                    throw new StartupException(
                        $"Module {module.Name} cannot be mapped, for {endpoint.FullName}.Map fails. Mend it there: "
                            + failed.InnerException,
                        failed.InnerException
                    );
                }
            }
        }
    }

    /// <summary>Answers as a module's code.</summary>
    internal static RequestDelegate AsCodeOf(string module, RequestDelegate answer) =>
        async context =>
        {
            using var stay = ModuleCode.Enter(module);
            context.Features.Set<IHttpResponseFeature>(
                new ModuleResponse(module, context.Features.GetRequiredFeature<IHttpResponseFeature>())
            );
            await answer(context);
        };
}
