using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildingBlocks.EventLog.Maintenance;

/// <summary>
/// Sets the Host's clock by the database's, before any module works and every half minute from then on.
/// </summary>
internal sealed class ClockSynchronization(
    EventLogCatalog catalog,
    IModulePools pools,
    TimeProvider clock,
    OutageLog outages,
    ILogger<ClockSynchronization> logger
) : BackgroundService
{
    private const int Samples = 3;
    private const int FirstTries = 20;
    private static readonly TimeSpan PauseBetweenTries = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (clock is DatabaseClock database && catalog.Modules.Count > 0)
        {
            for (
                var attempt = 1;
                !await SynchronizeAsync(database, cancellationToken) && attempt < FirstTries;
                attempt++
            )
            {
                // Nothing can be done without the database yet, and what would be done by a wrong clock may take an
                // hour to undo.
                await Task.Delay(PauseBetweenTries, clock, cancellationToken);
            }

            await base.StartAsync(cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await SynchronizeAsync((DatabaseClock)clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The Host stops.
        }
    }

    private async Task<bool> SynchronizeAsync(DatabaseClock database, CancellationToken cancellationToken)
    {
        try
        {
            if (database.Set(await AheadAsync(database.Machine, cancellationToken)) && database.Offset != TimeSpan.Zero)
            {
                logger.ClockIsOff(database.Offset);
            }

            return true;
        }
        // The clock keeps its last offset; work that needs the database reports the failure itself.
#pragma warning disable CA1031
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            outages.FailedOnce("Setting the clock", failure);
            return false;
        }
    }

    /// <summary>The answer of the quickest of several questions, taken to have been given halfway.</summary>
    private async Task<TimeSpan> AheadAsync(TimeProvider machine, CancellationToken cancellationToken)
    {
        await using var connection = await pools.Of(catalog.Modules[0].Name).OpenConnectionAsync(cancellationToken);
        var (quickest, ahead) = (TimeSpan.MaxValue, TimeSpan.Zero);
        for (var sample = 0; sample < Samples; sample++)
        {
            await using NpgsqlCommand command = new("select clock_timestamp()", connection);
            var (asked, askedAt) = (machine.GetTimestamp(), machine.GetUtcNow());
            var said = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!);
            var took = machine.GetElapsedTime(asked);
            if (took < quickest)
            {
                (quickest, ahead) = (took, said - (askedAt + (took / 2)));
            }
        }

        return ahead;
    }
}
