using System.Collections.Concurrent;
using System.Globalization;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuildingBlocks.EventLog.Signals;

/// <summary>
/// Wakes the subscribers in other Hosts of the same database by NOTIFY, debounced and outside of every business
/// transaction, and is woken by theirs. Nothing depends on it: without it, as behind a pooler that knows no sessions,
/// other Hosts find new events when they poll.
/// </summary>
internal sealed class HostWakeUps : BackgroundService
{
    private const string Channel = "eventlog";
    private const string AnyType = "";
    private const string Listening = "Listening to other Hosts";

    // A lone event notifies at once; many that follow each other are notified together.
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(20);

    // A dead connection shows at the latest then.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(string Module, string EventType), bool> committed = new();
    private readonly Signal anything = new();
    private readonly string self = $"{Guid.CreateVersion7():N}";
    private readonly IReadOnlyList<string> modules;
    private readonly IModulePools pools;
    private readonly EventSignals signals;
    private readonly EventLogOptions options;
    private readonly OutageLog outages;

    /// <param name="modules">The names of the modules of this Host.</param>
    /// <param name="pools">Theirs.</param>
    /// <param name="signals">Raised for what other Hosts committed.</param>
    /// <param name="options">Say how long to wait after failures.</param>
    /// <param name="outages">Told of failures.</param>
    public HostWakeUps(
        IReadOnlyList<string> modules,
        IModulePools pools,
        EventSignals signals,
        IOptions<EventLogOptions> options,
        OutageLog outages
    )
    {
        (this.modules, this.pools, this.signals, this.options, this.outages) = (
            modules,
            pools,
            signals,
            options.Value,
            outages
        );
        signals.Committed = Tell;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // One ear for each database, not for each module: the channel is the same for all.
        var databases = modules
            .GroupBy(module => Database(pools.Of(module).ConnectionString))
            .Select(same => (Module: same.First(), Connections: same.Sum(PoolSizeOf)));
        var delay = options.RetryDelay.AtMost(options.RetryDelay.First * 4);
        BackgroundLoop listening = new(delay, failure => outages.Failed(Listening, failure));
        BackgroundLoop telling = new(delay, failure => outages.FailedOnce("Waking other Hosts", failure));
        return Task.WhenAll(
            databases
                .Select(one =>
                    listening.RunAsync(
                        token => ListenAsync(one.Module, one.Connections, token),
                        Task.Delay,
                        stoppingToken,
                        stoppingToken
                    )
                )
                .Append(telling.RunAsync(TellAsync, Task.Delay, stoppingToken, stoppingToken))
        );
    }

    /// <summary>
    /// How a running Host is called on the server, on the one connection that it keeps open: the next one that starts
    /// reads there how many connections are spoken for, though not all may be open.
    /// </summary>
    internal static string NameOfHost(int connections) =>
        string.Create(CultureInfo.InvariantCulture, $"host with {connections} connections");

    private int PoolSizeOf(string module) =>
        new NpgsqlConnectionStringBuilder(pools.Of(module).ConnectionString).MaxPoolSize;

    private static (string?, int, string?) Database(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) is var one ? (one.Host, one.Port, one.Database) : default;

    private void Tell(string module, IReadOnlyCollection<string> eventTypes)
    {
        if (modules.Contains(module, StringComparer.Ordinal))
        {
            foreach (var type in eventTypes.DefaultIfEmpty(AnyType))
            {
                committed[(module, type)] = true;
            }

            anything.Raise();
        }
    }

    private async Task<TimeSpan> TellAsync(CancellationToken cancellationToken)
    {
        await anything.Wait(Timeout.InfiniteTimeSpan, cancellationToken);
        foreach (var module in committed.Keys.ToLookup(one => one.Module, StringComparer.Ordinal))
        {
            string[] types = [.. module.Where(one => committed.TryRemove(one, out _)).Select(one => one.EventType)];
            string[] told = types.Contains(AnyType, StringComparer.Ordinal)
                ? [module.Key, self]
                : [module.Key, self, .. types];
            await using var command = pools
                .Of(module.Key)
                .CreateCommand("select pg_notify($1, $2)")
                .With(Channel, string.Join(' ', told));
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return Debounce;
    }

    /// <summary>Listens until the connection is lost, which throws.</summary>
    private async Task<TimeSpan> ListenAsync(string module, int connections, CancellationToken cancellationToken)
    {
        // Not one of the pool: whoever used it later would go on listening. It is the one that stays open, and so
        // speaks for all.
        await using var source = pools.Unpooled(module, NameOfHost(connections));
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, told) =>
        {
            if (
                told.Payload.Split(' ') is [var committedBy, var host, .. var types]
                && !string.Equals(host, self, StringComparison.Ordinal)
            )
            {
                signals.Wake(committedBy, types);
            }
        };
        await connection.ExecuteAsync($"listen {Channel}", cancellationToken);
        outages.Succeeded(Listening);
        while (true)
        {
            if (!await connection.WaitAsync(LongestSilence, cancellationToken))
            {
                await connection.ExecuteAsync("select 1", cancellationToken);
            }
        }
    }
}
