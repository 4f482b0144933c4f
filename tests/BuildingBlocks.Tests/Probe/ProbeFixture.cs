using System.Globalization;
using BuildingBlocks.EventLog;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Maintenance;
using BuildingBlocks.EventLog.Outbound;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Modules;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Database;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildingBlocks.Tests.Probe;

/// <summary>The probe module with small pages and few tries, so that tests reach the limits soon.</summary>
public sealed class ProbeFixture : ModuleFixture<ProbeModule>
{
    public const int PageSize = 5;
    public const int MaxAttempts = 3;

    protected override IReadOnlyDictionary<string, string?> Settings { get; } =
        new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["EventLog:PageSize"] = PageSize.ToString(CultureInfo.InvariantCulture),
            ["EventLog:MaxAttempts"] = MaxAttempts.ToString(CultureInfo.InvariantCulture),
            ["EventLog:PollInterval"] = "00:00:00.020",
            ["EventLog:CatchUpTimeLimit"] = "00:00:00.500",
        };

    internal ProbeBehavior Behavior => Services.GetRequiredService<ProbeBehavior>();

    /// <summary>Publishes notes of one topic in one transaction, and delivers nothing yet.</summary>
    internal async Task PublishOnly(string topic, params string[] texts)
    {
        await using var scope = Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProbeDbContext>();
        foreach (var text in texts)
        {
            db.Publish(new NoteTakenV1(topic, text));
        }

        await db.SaveChangesAsync();
    }

    /// <summary>Publishes a note in a transaction that the test commits when it likes.</summary>
    internal async Task<NpgsqlTransaction> BeginPublishing(string topic, string text)
    {
        var connection = await Sql.Connections.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using NpgsqlCommand insert = new(
            "insert into outbox (event_id, event_type, event_version, key, payload, correlation_id) values ($1, "
                + "'note.taken', 1, $2, $3::jsonb, 'late')",
            connection
        )
        {
            Parameters =
            {
                new() { Value = Guid.CreateVersion7() },
                new() { Value = topic },
                new() { Value = $$"""{"topic":"{{topic}}","text":"{{text}}"}""" },
            },
        };
        await insert.ExecuteNonQueryAsync();
        return transaction;
    }

    internal static async Task Commit(NpgsqlTransaction transaction)
    {
        await using var connection = transaction.Connection;
        await transaction.CommitAsync();
    }

    /// <summary>A worker as another Host would have it.</summary>
    internal SubscriptionWorker NewWorker() =>
        ActivatorUtilities.CreateInstance<SubscriptionWorker>(
            Services,
            Services.GetRequiredService<ModuleCatalog>().Subscriptions[0]
        );

    /// <summary>One whose log a test reads.</summary>
    internal SubscriptionWorker NewWorker(ILogger<SubscriptionWorker> logger) =>
        ActivatorUtilities.CreateInstance<SubscriptionWorker>(
            Services,
            Services.GetRequiredService<ModuleCatalog>().Subscriptions[0],
            logger
        );

    /// <summary>One whose lasting troubles a test reads.</summary>
    internal SubscriptionWorker NewWorker(OutageLog outages) =>
        ActivatorUtilities.CreateInstance<SubscriptionWorker>(
            Services,
            Services.GetRequiredService<ModuleCatalog>().Subscriptions[0],
            outages
        );

    internal ProbeWorld World => Services.GetRequiredService<ProbeWorld>();

    /// <summary>Rings bells of one tower in one transaction, and delivers nothing yet.</summary>
    internal async Task RingOnly(string tower, params string[] tones)
    {
        await using var scope = Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProbeDbContext>();
        foreach (var tone in tones)
        {
            db.Publish(new BellRungV1(tower, tone));
        }

        await db.SaveChangesAsync();
    }

    /// <summary>What calls out, as another Host would have it.</summary>
    internal LaneWorker NewOutboundWorker() =>
        LaneWorker.For(
            Services.GetRequiredService<ModuleCatalog>().Subscriptions.Single(one => one.IsOutbound),
            Services
        );

    /// <summary>The retries of what calls out, as another Host would have them.</summary>
    internal Func<CancellationToken, Task<bool>> NewOutboundRetry() =>
        ActivatorUtilities.CreateInstance<OutboundRetry>(Services).For(Descriptor.Log);

    /// <summary>The background work of another Host on the same database.</summary>
    internal EventLogSupervisor NewHost() => ActivatorUtilities.CreateInstance<EventLogSupervisor>(Services);

    /// <summary>Signs in as the cluster's superuser.</summary>
    internal string AdministratorConnectionString => Database.AdministratorConnectionString;

    /// <summary>The retries of another Host.</summary>
    internal Func<CancellationToken, Task<bool>> NewRetry() =>
        ActivatorUtilities.CreateInstance<ParkedEventRetry>(Services).For(Descriptor.Log);

    /// <summary>The scheduler of another Host.</summary>
    internal Func<CancellationToken, Task<bool>> NewSchedule() =>
        ActivatorUtilities.CreateInstance<EventScheduler>(Services).For(Descriptor.Log);

    /// <summary>What was noted for a topic, in the order it was applied.</summary>
    internal Task<IReadOnlyList<string>> Effects(string topic) =>
        Sql.List<string>("select text from effects where key = $1 order by id", topic);

    protected override Task Started()
    {
        Pump.FailsOnParked = false;
        return Task.CompletedTask;
    }
}
