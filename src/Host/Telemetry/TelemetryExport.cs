using BuildingBlocks.EventLog.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Host.Telemetry;

/// <summary>
/// Sends traces, metrics and logs of ASP.NET Core, Npgsql and the building blocks to an OpenTelemetry collector, when
/// one is named.
/// </summary>
internal static class TelemetryExport
{
    private const string OwnSources = "BuildingBlocks.*";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var endpoint = builder.Configuration["OpenTelemetry:Endpoint"]
            ?? builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"];
        if (string.IsNullOrEmpty(endpoint))
        {
            return;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address))
        {
            throw new StartupException(
                $"OpenTelemetry:Endpoint (or OTEL_EXPORTER_OTLP_ENDPOINT) is '{endpoint}', but must be an address "
                    + "such as http://localhost:4317."
            );
        }

        var resource = ResourceBuilder
            .CreateDefault()
            .AddService("modular-monolith", serviceInstanceId: Environment.MachineName)
            .AddEnvironmentVariableDetector();
        Collector collector = new(address, resource);
        builder.Services.AddSingleton(collector);
        builder.Services.AddHostedService<Exporters>();
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeScopes = true;
            logs.IncludeFormattedMessage = true;
            logs.SetResourceBuilder(resource).AddOtlpExporter(exporter => collector.Take(exporter, "logs"));
        });
    }

    private sealed record Collector(Uri Address, ResourceBuilder Resource)
    {
        /// <summary>
        /// Over HTTP each signal has a path of its own, which the exporter adds only to addresses that it has found
        /// itself.
        /// </summary>
        public void Take(OtlpExporterOptions exporter, string signal) =>
            exporter.Endpoint =
                exporter.Protocol == OtlpExportProtocol.HttpProtobuf
                    ? new($"{Address.AbsoluteUri.TrimEnd('/')}/v1/{signal}")
                    : Address;
    }

    /// <summary>Begins before the workers and ends after them: hosted services stop in reverse order.</summary>
    private sealed class Exporters(Collector collector) : IHostedService, IDisposable
    {
        private TracerProvider? traces;
        private MeterProvider? metrics;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            traces = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(collector.Resource)
                .AddSource("Microsoft.AspNetCore", "Npgsql", "Modules.*", OwnSources)
                .AddOtlpExporter(exporter => collector.Take(exporter, "traces"))
                .Build();
            metrics = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(collector.Resource)
                .AddMeter("Microsoft.AspNetCore.*", "System.Runtime", "Npgsql", OwnSources)
                .AddOtlpExporter(exporter => collector.Take(exporter, "metrics"))
                .Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
            traces?.Dispose();
            metrics?.Dispose();
        }
    }
}
