using System.Globalization;
using BuildingBlocks.Application;
using BuildingBlocks.Modules;
using BuildingBlocks.Persistence;
using Npgsql;

namespace BuildingBlocks.Messaging;

/// <summary>An event that its consumer could not apply, or that waits behind one of its key.</summary>
/// <param name="Id">The consuming module's name and a number, such as <c>orders-17</c>.</param>
/// <param name="Subscription">The consumer group.</param>
/// <param name="Source">The module that published it.</param>
/// <param name="EventId">Its id in the source's outbox.</param>
/// <param name="EventType">Wire name.</param>
/// <param name="EventVersion">Of the payload.</param>
/// <param name="Key">Later events with this key wait behind it.</param>
/// <param name="Payload">JSON.</param>
/// <param name="Status">waiting or dead.</param>
/// <param name="Attempts">0 when it has never been tried and only waits behind another.</param>
/// <param name="Error">Of the last attempt.</param>
/// <param name="NextTryAt">UTC.</param>
/// <param name="ParkedAt">UTC.</param>
public sealed record ParkedEvent(
    string Id,
    string Subscription,
    string Source,
    Guid EventId,
    string EventType,
    short EventVersion,
    string Key,
    string Payload,
    string Status,
    int Attempts,
    string? Error,
    DateTimeOffset NextTryAt,
    DateTimeOffset ParkedAt);

/// <summary>What an operator can do about parked events. Every action is audited in the consuming module's schema.</summary>
public sealed class ParkedEvents(ModuleCatalog catalog, ModuleDataSources sources, TimeProvider clock)
{
    private const int MostListed = 200;

    /// <summary>The parked events of all modules in this Host, each module's oldest first, up to 200 a module.</summary>
    public async Task<IReadOnlyList<ParkedEvent>> ListAsync(CancellationToken cancellationToken)
    {
        List<ParkedEvent> all = [];
        foreach (var module in catalog.Descriptors.Select(module => module.Name))
        {
            await using var command = sources.Of(module).CreateCommand($"""
                select id, subscription, source, event_id, event_type, event_version, key, payload, status, attempts, error, next_try_at, parked_at
                from "{module}".parked_events order by position limit {MostListed}
                """);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                all.Add(Read(module, reader));
            }
        }

        return all;
    }

    /// <summary>Has an event tried again at once, also a dead one.</summary>
    /// <param name="id">As listed.</param>
    /// <param name="operatorId">Who asks for it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Result> RetryAsync(string id, string operatorId, CancellationToken cancellationToken) => ActAsync(
        id,
        "retry",
        reason: null,
        operatorId,
        module => $"""update "{module}".parked_events set status = 'waiting', next_try_at = $2 where id = $1""",
        cancellationToken);

    /// <summary>Takes an event away for good: its consumer will never apply it, and its key goes on.</summary>
    /// <param name="id">As listed.</param>
    /// <param name="reason">For the audit; 1 to 500 characters.</param>
    /// <param name="operatorId">Who asks for it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Result> DiscardAsync(string id, string? reason, string operatorId, CancellationToken cancellationToken) =>
        string.IsNullOrWhiteSpace(reason) || reason.Length > 500
            ? Error.Invalid("operations.reason-required", "Say in 1 to 500 characters why the event is discarded.").At("reason")
            : await ActAsync(id, "discard", reason, operatorId, module => $"""delete from "{module}".parked_events where id = $1""", cancellationToken);

    private async Task<Result> ActAsync(
        string id, string action, string? reason, string operatorId, Func<string, string> sql, CancellationToken cancellationToken)
    {
        var refusal = Error.NotFound("operations.unknown-parked-event", $"There is no parked event '{id}'; it may have been applied or discarded meanwhile.");
        if (id.Split('-') is not [var name, var digits]
            || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !catalog.Descriptors.Any(module => string.Equals(module.Name, name, StringComparison.Ordinal)))
        {
            return refusal;
        }

        var now = clock.GetUtcNow();
        await using var connection = await sources.Of(name).OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var audit = new NpgsqlCommand(
            $"""
            with parked as (select * from "{name}".parked_events where id = $1 for update)
            insert into "{name}".parked_event_actions (event_id, subscription, source, action, reason, acted_by, acted_at, event)
            select event_id, subscription, source, $2, $3, $4, $5, to_jsonb(parked) from parked
            """,
            connection).With(number, action, reason, operatorId, now);
        if (await audit.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return refusal;
        }

        await using var act = new NpgsqlCommand(sql(name), connection).With(number, now);
        await act.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Result.Done;
    }

    private static ParkedEvent Read(string module, NpgsqlDataReader reader) => new(
        string.Create(CultureInfo.InvariantCulture, $"{module}-{reader.GetInt64(0)}"),
        reader.GetString(1),
        reader.GetString(2),
        reader.GetGuid(3),
        reader.GetString(4),
        reader.GetInt16(5),
        reader.GetString(6),
        reader.GetString(7),
        reader.GetString(8),
        reader.GetInt32(9),
        reader.IsDBNull(10) ? null : reader.GetString(10),
        reader.GetFieldValue<DateTimeOffset>(11),
        reader.GetFieldValue<DateTimeOffset>(12));
}
