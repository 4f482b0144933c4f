using System.Collections.Concurrent;
using System.Text.Json;
using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BuildingBlocks.Tests.Web;

/// <summary>A web application with a few endpoints and no database, on a port of its own.</summary>
public sealed class InputApp : IAsyncLifetime
{
    private readonly ErrorLog errors = new();
    private WebApplication? app;

    /// <summary>How long requests may take.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long they may go on when the application stops.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Ends when a request has come as far as its body.</summary>
    public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was logged as an error.</summary>
    public IReadOnlyCollection<string> Errors => errors.Lines;

    public Uri Address => new(app!.Urls.Single());

    public WebApplication App => app!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        // However slowly: the server's own limit is on the rate, and whoever keeps to it may go on for hours.
        builder
            .WebHost.UseKestrelCore()
            .UseUrls("http://127.0.0.1:0")
            .ConfigureKestrel(kestrel => kestrel.Limits.MinRequestBodyDataRate = null);
        builder.Logging.AddProvider(errors);
        builder.Services.AddRouting().AddWebRequests();
        builder.Services.AddScoped<Caller>();
        builder.Services.AddTransient<IValidator<ListThings>, ListThingsValidator>();
        builder.Services.AddRequestTimeouts(timeouts =>
            timeouts.DefaultPolicy = new() { Timeout = RequestTimeout, TimeoutStatusCode = 504 }
        );
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        app = builder.Build();
        app.UseRequestCorrelation()
            .UseProblemDetails()
            .UseRouting()
            .UseRefusalOfUnroutable()
            .UseRequestTimeouts()
            .UseAuthorization();
        app.Use(
            (context, next) =>
            {
                Arrived.TrySetResult();
                return next(context);
            }
        );
        app.UseRequestInput();
        ListThingsEndpoint.Map(app);
        app.MapPost("/things", (NewThing thing) => thing).AllowAnonymous();
        app.MapPost("/times", (NewTime time) => time).AllowAnonymous();
        app.MapPost("/things/{name}/touch", (string name) => name).AllowAnonymous();
        app.MapPost("/forms", ([FromForm] string name) => name).AllowAnonymous().DisableAntiforgery();
        app.MapPost("/token", async (HttpRequest request) => (await request.ReadFormAsync())["name"].ToString())
            .AllowAnonymous()
            .GrantsTokens(typeof(ListThings));
        app.MapGet("/files/{name}/{**rest}", (string name, string? rest) => name + rest).AllowAnonymous();
        await app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }
    }

    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> lines = new();

        public IReadOnlyCollection<string> Lines => lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
            {
                lines.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }

        public void Dispose() { }
    }
}

internal enum ThingColour
{
    Red,
    DarkBlue,
}

internal sealed record NewTime(DateTimeOffset At, DateTimeOffset? Until = null);

internal sealed record NewThing(
    string Name,
    ThingColour? Colour = null,
    IReadOnlyList<ThingPart>? Parts = null,
    JsonElement? Anything = null,
    IReadOnlyDictionary<string, ThingPart>? Named = null
)
{
    public bool HasParts => Parts is { Count: > 0 };
}

internal sealed record ThingPart(string Name, int Count);

internal sealed record ListThings(string? Name, int? Limit);

internal sealed class ListThingsValidator : AbstractValidator<ListThings>
{
    public ListThingsValidator() => RuleFor(list => list.Limit).InclusiveBetween(1, 50);
}

internal sealed class ListThingsEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/things", (string? name, int? limit, Guid? after, ThingColour? colour, HttpResponse response) =>
                new
                {
                    name,
                    limit,
                    after,
                    colour,
                }
            )
            .AllowAnonymous();
}
