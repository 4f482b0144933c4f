using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Host.Health;

/// <summary>What a load balancer and an operator ask: does the process live, and which module is unwell.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(3);

    public static void AddModuleHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks();
        builder
            .Services.AddOptions<HealthCheckServiceOptions>()
            .Configure<IServiceProvider>(
                (checks, services) =>
                {
                    foreach (var module in services.GetRequiredService<ModuleCatalog>().Modules)
                    {
                        var check = ActivatorUtilities.CreateInstance<ModuleHealthCheck>(services, module.Name);
                        checks.Registrations.Add(
                            new(module.Name, check, HealthStatus.Unhealthy, tags: null, TimeLimit)
                        );
                    }
                }
            );
    }

    /// <summary>
    /// A module has the health check of its own name from the Host; another of that name would fail every probe.
    /// </summary>
    /// <exception cref="StartupException">Two are named the same.</exception>
    public static void EnsureDistinct(WebApplication app)
    {
        var names = app
            .Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>()
            .Value.Registrations.Select(check => check.Name);
        if (
            names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is
            { } twice
        )
        {
            throw new StartupException(
                $"Two health checks are named '{twice.Key}'. Every module has one of its own name; give the other one "
                    + "another."
            );
        }
    }

    /// <summary>Parameters are passed over: a probe that adds one must not be told that the Host is unwell.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false, ResponseWriter = AnswerAsync })
            .AllowAnonymous()
            .DisableRateLimiting();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = AnswerAsync })
            .AllowAnonymous()
            .DisableRateLimiting();
    }

    private static Task AnswerAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new Health(
                report.Status,
                report.Entries.ToDictionary(
                    entry => entry.Key,
                    entry => ModuleHealth.Of(entry.Value),
                    StringComparer.Ordinal
                )
            ),
            context.RequestAborted
        );

    private sealed record Health(HealthStatus Status, IReadOnlyDictionary<string, ModuleHealth> Modules);

    private sealed record ModuleHealth(HealthStatus Status, string? Reason, IReadOnlyDictionary<string, object> Details)
    {
        public static ModuleHealth Of(HealthReportEntry entry) => new(entry.Status, entry.Description, entry.Data);
    }
}
