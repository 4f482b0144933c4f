using System.Net.Mime;
using System.Reflection;
using System.Text;
using BuildingBlocks.Application;
using BuildingBlocks.Contracts;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Freshness;
using BuildingBlocks.EventLog.Monitoring;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Sagas;
using BuildingBlocks.Modules;
using BuildingBlocks.Operations;
using BuildingBlocks.Reference;
using BuildingBlocks.Tests.Database;
using BuildingBlocks.Tests.Probe;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace BuildingBlocks.Tests.Modules;

/// <summary>
/// What the code of another module gets of the probe when it asks the container for everything there is.
/// </summary>
public sealed class StrangerTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private const string Stranger = "stranger";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// Every service of the building blocks that a module can name, with what a stranger tries to get out of it.
    /// </summary>
    public static TheoryData<string> Doors => [.. Attempts.Keys];

    private static Dictionary<string, Func<IServiceProvider, Task>> Attempts { get; } =
        new(StringComparer.Ordinal)
        {
            ["its DbContext"] = async scope =>
                await scope.GetRequiredService<ProbeDbContext>().Set<Note>().CountAsync(Cancellation),
            ["its DbContext's factory"] = async scope =>
                await scope
                    .GetRequiredService<IDbContextFactory<ProbeDbContext>>()
                    .CreateDbContext()
                    .Set<Note>()
                    .CountAsync(Cancellation),
            ["its connections"] = async scope =>
                await scope
                    .GetRequiredService<ModuleConnections<ProbeDbContext>>()
                    .CreateCommand("select 1")
                    .ExecuteScalarAsync(Cancellation),
            ["its pool"] = async scope =>
                await scope.GetRequiredService<ModuleDataSources>().Of("probe").OpenConnectionAsync(Cancellation),
            ["its connections without a pool"] = async scope =>
                await scope.GetRequiredService<ModuleDataSources>().Unpooled("probe").OpenConnectionAsync(Cancellation),
            ["its requests"] = scope =>
                scope.GetRequiredService<Sender>().Send(new TakeNote("stolen", 1), Cancellation),
            ["its requests through MediatR"] = scope =>
                scope.GetRequiredService<IMediator>().Send(new TakeNote("stolen", 1), Cancellation),
            ["its handler"] = scope =>
                scope
                    .GetRequiredService<IRequestHandler<TakeNote, Result<TakenNote>>>()
                    .Handle(new("stolen", 1), Cancellation),
            ["what the Host commands"] = scope =>
                scope.GetRequiredService<ModuleCommands>().Send(new KeepNotes(["stolen"]), Cancellation),
            ["what the Host asks"] = scope =>
                scope.GetRequiredService<ModuleQueries>().Ask(new CountNotes(), Cancellation),
            ["its demo data"] = scope => scope.GetRequiredService<DemoDataLoader>().LoadAsync(Cancellation),
            ["its parked events"] = scope =>
                scope.GetRequiredService<ParkedEventOperations>().ListAsync(new(), Cancellation),
            ["discarding its parked events"] = scope =>
                scope
                    .GetRequiredService<ParkedEventOperations>()
                    .DiscardAllAsync(new(Key: "a"), "a test", Stranger, Cancellation),
            ["its outbox"] = scope => scope.GetRequiredService<OutboxMonitor>().ReadAsync(Cancellation),
            ["pausing its subscriptions"] = scope =>
                scope
                    .GetRequiredService<SubscriptionOperations>()
                    .PauseAsync("probe", source: null, "a test", Stranger, Cancellation),
            ["forgetting its consumers"] = scope =>
                scope
                    .GetRequiredService<SubscriptionOperations>()
                    .ForgetConsumerAsync("probe", "gone", Stranger, Cancellation),
            ["its reference data"] = async scope =>
                await scope.GetRequiredService<ReferenceData>().ReadAsync("probe", Cancellation),
        };

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Another_modules_code_is_refused(string door)
    {
        async Task Try()
        {
            using var stay = ModuleCode.Enter(Stranger);
            // As whatever a module begins on its own: a scope, and a thread, of its own making.
            await Task.Run(
                async () =>
                {
                    await using var scope = probe.Services.CreateAsyncScope();
                    await Attempts[door](scope.ServiceProvider);
                },
                Cancellation
            );
        }

        var refused = await Should.ThrowAsync<InvalidOperationException>(Try);

        // MediatR wraps what it meets; and a context that no scope has given a connection has none, for anybody.
        (
            refused is ForeignModuleException
            || refused.InnerException is ForeignModuleException
            || door.EndsWith("factory", StringComparison.Ordinal)
        ).ShouldBeTrue($"{door}: {refused}");
        ModuleCode.Current.ShouldBeNull();
    }

    [Fact]
    public void No_service_a_module_can_name_hands_out_connections_or_takes_a_modules_name()
    {
        var known = probe.Services.GetRequiredService<IServiceProviderIsService>();
        var services = new[] { typeof(ModuleCode), typeof(ModuleCatalog) }
            .SelectMany(type => type.Assembly.GetExportedTypes())
            .Where(type => !type.ContainsGenericParameters && known.IsService(type))
            .ToArray();

        // A service that is added here is one that each module may use: think of what a stranger does with it.
        services
            .Select(type => type.Name)
            .Order(StringComparer.Ordinal)
            .ShouldBe([
                nameof(Caller),
                nameof(CatchUp),
                nameof(DemoDataLoader),
                nameof(ModuleCatalog),
                nameof(ModuleCommands),
                nameof(ModuleFiles),
                nameof(ModuleQueries),
                nameof(OutageLog),
                nameof(ReferenceData),
                nameof(SagaCancellation),
                nameof(Sender),
            ]);
        services
            .Append(typeof(ModuleConnections<>))
            .Append(typeof(ModuleDbContext))
            .SelectMany(type =>
                type.GetMembers(
                    BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly
                )
            )
            .OfType<MethodBase>()
            .Where(method =>
                method is MethodInfo { ReturnType: var type }
                    && (type == typeof(NpgsqlDataSource) || type == typeof(NpgsqlConnection))
                || method
                    .GetParameters()
                    .Any(parameter =>
                        parameter.ParameterType == typeof(string)
                        && parameter.Name is "module" or "schema"
                        && !method.IsConstructor
                    )
            )
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_way_into_a_module_runs_as_its_code()
    {
        List<string?> reactions = [];
        probe.Behavior.OnNote = (_, _) =>
        {
            reactions.Add(ModuleCode.Current);
            return Task.CompletedTask;
        };
        probe.Behavior.Requests.Clear();

        await probe.Send(new KeepNotes(["by the Host"]));
        (await PostNoteAsync("over HTTP")).ShouldBe(StatusCodes.Status201Created);
        await probe.Pump.Run();
        foreach (var work in probe.Services.GetServices<IHostedService>().OfType<ModuleHostedService>())
        {
            await work.StartAsync(Cancellation);
            (await probe.Behavior.LoopRanAs.Task).ShouldBe("probe");
            await work.StopAsync(Cancellation);
        }

        probe.Behavior.Requests.ShouldBe([(typeof(TakeNote), "probe")]);
        probe.Behavior.LoopRanAs.Task.IsCompleted.ShouldBeTrue("The probe has work in the background.");
        reactions.ShouldBe(["probe", "probe"]);
        ModuleCode.Current.ShouldBeNull();
        probe.Behavior.Behave();
    }

    [Fact]
    public void An_open_behaviour_of_a_module_stands_around_its_own_requests_only()
    {
        ServiceCollection services = [];
        services.AddModules(new ConfigurationBuilder().Build(), modules => modules.Add<ProbeModule>());
        var behaviors = services
            .Where(service =>
                service.ServiceType.IsGenericType
                && service.ServiceType.GetGenericTypeDefinition() == typeof(IPipelineBehavior<,>)
            )
            .ToArray();

        behaviors
            .Where(service => service.ServiceType.IsGenericTypeDefinition)
            .Select(service => service.ImplementationType!.Assembly)
            .ShouldAllBe(assembly => assembly == typeof(ModuleCatalog).Assembly);
        var bound = behaviors.Where(service => !service.ServiceType.IsGenericTypeDefinition).ToArray();
        bound
            .Select(service => service.ImplementationType!.GetGenericTypeDefinition())
            .Distinct()
            .ShouldBe([typeof(NoteWhoseCodeRuns<,>)]);
        bound
            .Select(service => service.ServiceType.GenericTypeArguments[0])
            .ShouldAllBe(request => request.Assembly == typeof(ProbeModule).Assembly);
        bound.Select(service => service.ServiceType.GenericTypeArguments[0]).ShouldContain(typeof(TakeNote));
    }

    [Fact]
    public async Task A_module_reaches_its_own()
    {
        using var stay = ModuleCode.Enter("probe");
        await using var scope = probe.Services.CreateAsyncScope();

        await scope.ServiceProvider.GetRequiredService<ProbeDbContext>().Set<Note>().CountAsync(Cancellation);
        await using var command = scope
            .ServiceProvider.GetRequiredService<ModuleConnections<ProbeDbContext>>()
            .CreateCommand("select count(*) from notes");
        (await command.ExecuteScalarAsync(Cancellation)).ShouldBeOfType<long>();
    }

    private async Task<int> PostNoteAsync(string title)
    {
        var routes = (IEndpointRouteBuilder)probe.Host;
        if (routes.DataSources.Count == 0)
        {
            probe.Host.MapModules();
        }

        var endpoint = routes
            .DataSources.SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Single(one => one.RoutePattern.RawText is "/notes");
        await using var scope = probe.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().System();
        var body = Encoding.UTF8.GetBytes($$"""{"title": "{{title}}", "times": 1}""");
        DefaultHttpContext context = new() { RequestServices = scope.ServiceProvider };
        context.Request.ContentType = MediaTypeNames.Application.Json;
        context.Request.ContentLength = body.Length;
        context.Request.Body = new MemoryStream(body);
        context.Features.Set<Microsoft.AspNetCore.Http.Features.IHttpRequestBodyDetectionFeature>(new HasBody());
        await endpoint.RequestDelegate!(context);
        return context.Response.StatusCode;
    }

    private sealed record CountNotes : IModuleQuery<NoteCount>;

    private sealed record NoteCount(int Count);

    private sealed class HasBody : Microsoft.AspNetCore.Http.Features.IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => true;
    }
}
