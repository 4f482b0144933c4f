using BuildingBlocks.EventLog.Hosting;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Host.Telemetry;

/// <summary>
/// Sends traces, metrics and logs of ASP.NET Core, HTTP clients, the runtime, Npgsql and the building blocks to an
/// OpenTelemetry collector, when one is named.
/// </summary>
internal static class TelemetryExport
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // Modules' sources begin so by rule MM0015.
    private static readonly string[] OwnSources = ["BuildingBlocks.*", "Modules.*"];

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var endpoint = builder.Configuration["OpenTelemetry:Endpoint"] ?? builder.Configuration[Endpoint];
        if (string.IsNullOrEmpty(endpoint))
        {
            return;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out _))
        {
            throw new StartupException(
                $"OpenTelemetry:Endpoint (or {Endpoint}) is '{endpoint}', but must be an address "
                    + "such as http://localhost:4317."
            );
        }

        // Where the exporter looks for it, to add each signal's path when it sends over HTTP.
        builder.Configuration[Endpoint] = endpoint;
        builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource
                    .AddService("modular-monolith", serviceInstanceId: Environment.MachineName)
                    .AddEnvironmentVariableDetector()
            )
            .WithTracing(traces =>
                traces.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddNpgsql().AddSource(OwnSources)
            )
            .WithMetrics(metrics =>
                metrics
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddNpgsqlInstrumentation()
                    .AddMeter(OwnSources)
            )
            .WithLogging(configureBuilder: null, logs =>
            {
                logs.IncludeScopes = true;
                logs.IncludeFormattedMessage = true;
            })
            .UseOtlpExporter();
    }
}
