using BuildingBlocks.Modules;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Host.Telemetry;

/// <summary>Sends traces and metrics of ASP.NET Core, Npgsql and the building blocks to an OpenTelemetry collector, when one is named.</summary>
internal static class TelemetryExport
{
    private const string OwnSources = "BuildingBlocks.*";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var endpoint = builder.Configuration["OpenTelemetry:Endpoint"] ?? builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"];
        if (string.IsNullOrEmpty(endpoint))
        {
            return;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var collector))
        {
            throw new StartupException(
                $"OpenTelemetry:Endpoint (or OTEL_EXPORTER_OTLP_ENDPOINT) is '{endpoint}', but must be an address such as http://localhost:4317.");
        }

        builder.Services.AddSingleton(new Collector(collector));
        builder.Services.AddHostedService<Exporters>();
    }

    private sealed record Collector(Uri Endpoint);

    /// <summary>Begins before the workers and ends after them: hosted services stop in reverse order.</summary>
    private sealed class Exporters(Collector collector) : IHostedService, IDisposable
    {
        private TracerProvider? traces;
        private MeterProvider? metrics;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            var resource = ResourceBuilder.CreateDefault().AddService("modular-monolith", serviceInstanceId: Environment.MachineName).AddEnvironmentVariableDetector();
            traces = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource("Microsoft.AspNetCore", "Npgsql", "Modules.*", OwnSources)
                .AddOtlpExporter(SendTo)
                .Build();
            metrics = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter("Microsoft.AspNetCore.*", "System.Runtime", "Npgsql", OwnSources)
                .AddOtlpExporter(SendTo)
                .Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
            traces?.Dispose();
            metrics?.Dispose();
        }

        private void SendTo(OtlpExporterOptions exporter) => exporter.Endpoint = collector.Endpoint;
    }
}
