using System.Diagnostics.Metrics;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;
using Ledger;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sales;
using Sales.Persistence;

namespace EventLog.Bench;

/// <summary>Our building blocks as a Host uses them: two modules, their DbContexts, the event log.</summary>
internal sealed class ModularVariant : IRunningVariant
{
    private readonly IHost host;
    private readonly MeterListener listener = new();
    private long passed;

    private ModularVariant(IHost host)
    {
        this.host = host;
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (
                string.Equals(instrument.Meter.Name, EventLogDiagnostics.Name, StringComparison.Ordinal)
                && string.Equals(instrument.Name, "messaging.client.consumed.messages", StringComparison.Ordinal)
            )
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, events, _, _) => Interlocked.Add(ref passed, events));
        listener.Start();
    }

    public Guid? Poisoned { get; private init; }

    /// <summary>Starts the module that publishes, and one that reacts.</summary>
    /// <param name="installation">The database.</param>
    /// <param name="addConsumer">Adds the module that reacts; null when nobody does.</param>
    /// <param name="poisons">Whether one customer's orders cannot be recorded, in <see cref="LedgerModule"/>.</param>
    /// <param name="pollInterval">How often it looks by itself; as in a Host when left out.</param>
    public static async Task<ModularVariant> StartAsync(
        Installation installation,
        Action<ModuleRegistration>? addConsumer,
        bool poisons,
        CancellationToken cancellationToken,
        TimeSpan? pollInterval = null
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(
            installation.Modules.ToDictionary(
                module => $"Modules:{module.Key}:ConnectionString",
                module => (string?)module.Value,
                StringComparer.Ordinal
            )
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Database:PoolSize"] = "40",
                ["EventLog:PollInterval"] = (pollInterval ?? new EventLogOptions().PollInterval).ToString(),
            }
        );
        builder
            .Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Critical))
            .AddAuthorizationCore()
            .AddRouting();
        builder.Services.AddModules(builder.Configuration, modules =>
        {
            modules.Add<SalesModule>();
            addConsumer?.Invoke(modules);
        });
        var built = builder.Build();
        var poisoned = poisons ? Guid.CreateVersion7() : (Guid?)null;
        if (poisons)
        {
            built.Services.GetRequiredService<Poison>().CustomerId = poisoned;
        }

        await built.StartAsync(cancellationToken);
        return new ModularVariant(built) { Poisoned = poisoned };
    }

    public async Task PublishAsync(Guid customerId, CancellationToken cancellationToken)
    {
        var (order, placed) = Order.Place(customerId);
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<SalesDbContext>();
        db.Add(order);
        db.Publish(placed);
        await db.SaveChangesAsync(cancellationToken);
    }

    public async Task AppliedAsync(long orders, CancellationToken cancellationToken)
    {
        while (Interlocked.Read(ref passed) < orders)
        {
            await Task.Delay(1, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        listener.Dispose();
        await ((IAsyncDisposable)host).DisposeAsync();
    }
}
