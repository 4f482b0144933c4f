using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.EventLog.Feeds;

/// <summary>How far a shadow has been filled.</summary>
/// <param name="Epoch">Of the feed that was appended; null before the first page.</param>
/// <param name="NextSeq">What is appended next.</param>
/// <param name="Last">The id of the event before; null when there is none.</param>
/// <param name="Types">The wire names whose payloads are here.</param>
/// <param name="AsOf">What the module had committed by then is here, UTC; null while that is not known.</param>
internal sealed record ShadowState(
    Guid? Epoch,
    long NextSeq,
    Guid? Last,
    IReadOnlyList<string> Types,
    DateTimeOffset? AsOf
);

/// <summary>
/// The outbox of a module that runs elsewhere, filled with the feed's role. Whoever appends holds the row of
/// <c>feed_in</c>, which alone tells what comes next: an answer that comes twice, late or from two Hosts is appended
/// once.
/// </summary>
internal sealed class ShadowStore(string module, NpgsqlDataSource feed)
{
    private readonly string insert = $"""
        insert into "{module}".outbox (seq, position, source_tx_id, event_id, event_type, event_version, key, payload, correlation_id, causation_id, trace_parent, occurred_at)
        select seq, position, tx_id::xid8, id, type, version, key, payload::jsonb, correlation, causation, trace, at
        from unnest($1::bigint[], $2::bigint[], $3::text[], $4::uuid[], $5::text[], $6::smallint[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::timestamptz[])
          fed(seq, position, tx_id, id, type, version, key, payload, correlation, causation, trace, at)
        where not exists (select from "{module}".outbox known where known.seq = fed.seq and known.event_id = fed.id)
        """;

    /// <summary>How far the shadow has been filled.</summary>
    public async Task<ShadowState> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await feed.OpenConnectionAsync(cancellationToken);
        return await StateAsync(connection, lockIt: false, cancellationToken);
    }

    /// <summary>
    /// Has payloads of further types fetched from now on. Those of events that are here already cannot be had that way.
    /// </summary>
    /// <exception cref="FeedRefusedException">Events of such a type are here without their payload.</exception>
    public async Task WantAsync(IReadOnlyCollection<string> types, CancellationToken cancellationToken)
    {
        await using var connection = await feed.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var state = await StateAsync(connection, lockIt: true, cancellationToken);
        var added = types.Except(state.Types, StringComparer.Ordinal).ToArray();
        if (added.Length == 0)
        {
            return;
        }

        await using (
            var hollow = new NpgsqlCommand(
                $"""select event_type, count(*) from "{module}".outbox where event_type = any ($1) and payload is null group by event_type order by event_type""",
                connection
            ).With((object)added)
        )
        await using (var row = await hollow.ExecuteReaderAsync(cancellationToken))
        {
            if (await row.ReadAsync(cancellationToken))
            {
                throw new FeedRefusedException(
                    $"The shadow of {module} holds {row.GetInt64(1)} events of {row.GetString(0)} without payload, "
                        + "fetched while nobody here reacted to them; a new consumer would pass over them. Run 'feeds "
                        + $"reset {module}', which fetches the payloads, then start again."
                );
            }
        }

        await SetTypesAsync(connection, [.. state.Types, .. added], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Appends what is new of an answer, all in one transaction.</summary>
    /// <param name="answer">Checked: its events have the seqs from the one asked for, without gaps.</param>
    /// <param name="asked">The types whose payloads it has.</param>
    /// <param name="cancellationToken">Cancels the operation; the row then tells whether it was committed.</param>
    /// <returns>The shadow from now on; null when another Host has asked for more types meanwhile, so that the answer
    /// is of no use.</returns>
    /// <exception cref="FeedRefusedException">It does not go on where the shadow ends, or cannot be stored.</exception>
    public async Task<ShadowState?> AppendAsync(
        FeedAnswer answer,
        IReadOnlyCollection<string> asked,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await feed.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var state = await StateAsync(connection, lockIt: true, cancellationToken);
        if (state.Types.Except(asked, StringComparer.Ordinal).Any())
        {
            return null;
        }

        EnsureSameEpoch(state, answer);
        var due = answer.Events.Where(one => one.Seq >= state.NextSeq).ToArray();
        if (due.Length > 0 && due[0].Seq > state.NextSeq)
        {
            throw new FeedRefusedException(
                $"The feed of {module} goes on at {due[0].Seq}, but {state.NextSeq} comes next: the events between are "
                    + "missing. Nothing was appended; it is asked again from there."
            );
        }

        var next = due.Length > 0 ? due[^1].Seq + 1 : state.NextSeq;
        var asOf =
            next == answer.NextSeq && answer.AsOf > (state.AsOf ?? DateTimeOffset.MinValue) ? answer.AsOf : state.AsOf;
        ShadowState after = new(answer.Epoch, next, due.Length > 0 ? due[^1].Id : state.Last, state.Types, asOf);
        if (due.Length > 0)
        {
            await InsertAsync(connection, due, cancellationToken);
        }

        await using var move = new NpgsqlCommand(
            $"""update "{module}".feed_in set epoch = $1, next_seq = $2, as_of = $3::timestamptz""",
            connection
        ).With(answer.Epoch, next, (object?)asOf?.UtcDateTime ?? DBNull.Value);
        await move.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return after;
    }

    /// <summary>
    /// Begins an empty shadow at a later event, where those before are no longer kept: it has what history there is.
    /// </summary>
    /// <returns>Whether it was empty.</returns>
    public async Task<bool> TryBeginAtAsync(long seq, CancellationToken cancellationToken)
    {
        await using var command = feed.CreateCommand(
                $"""update "{module}".feed_in set next_seq = $1 where next_seq = 1 and not exists (select from "{module}".outbox)"""
            )
            .With(seq);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private void EnsureSameEpoch(ShadowState state, FeedAnswer answer)
    {
        if (state.Epoch is { } known && known != answer.Epoch)
        {
            throw new FeedRefusedException(
                $"The feed of {module} is of another epoch ({answer.Epoch} instead of {known}): the module's log was "
                    + $"restored, and may have lost events that are here. Run 'feeds reset {module}', which names "
                    + "them; see docs/guides/feeds.md."
            );
        }
    }

    private async Task InsertAsync(NpgsqlConnection connection, FeedEvent[] events, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(insert, connection).With(
            events.Select(one => one.Seq).ToArray(),
            events.Select(one => one.Position).ToArray(),
            events.Select(one => one.TxId).ToArray(),
            events.Select(one => one.Id).ToArray(),
            events.Select(one => one.Type).ToArray(),
            events.Select(one => one.Version).ToArray(),
            events.Select(one => one.Key).ToArray(),
            events.Select(one => one.Payload).ToArray(),
            events.Select(one => one.CorrelationId).ToArray(),
            events.Select(one => one.CausationId).ToArray(),
            events.Select(one => one.TraceParent).ToArray(),
            events.Select(one => one.OccurredAt.UtcDateTime).ToArray()
        );
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.UniqueViolation)
        {
            throw new FeedRefusedException(
                $"The feed of {module} brings an event whose id or position is in the shadow under another number "
                    + $"({taken.ConstraintName}): the module's log was restored. Nothing was appended. Run 'feeds "
                    + $"reset {module}'; see docs/guides/feeds.md.",
                taken
            );
        }
        catch (PostgresException bad) when (bad.SqlState.StartsWith("22", StringComparison.Ordinal))
        {
            throw new FeedRefusedException(
                $"An event of {module} from {events[0].Seq} to {events[^1].Seq} cannot be stored: {bad.MessageText}. "
                    + "Nothing was appended. Look at it where the module runs, and at what lies between the two Hosts.",
                bad
            );
        }
    }

    private async Task<ShadowState> StateAsync(
        NpgsqlConnection connection,
        bool lockIt,
        CancellationToken cancellationToken
    )
    {
        await using NpgsqlCommand command = new(
            $"""
            select epoch, next_seq, (select event_id from "{module}".outbox where seq = next_seq - 1), types, as_of
            from "{module}".feed_in {(lockIt ? "for update" : "")}
            """,
            connection
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new(
            row.IsDBNull(0) ? null : row.GetGuid(0),
            row.GetInt64(1),
            row.IsDBNull(2) ? null : row.GetGuid(2),
            row.GetFieldValue<string[]>(3),
            row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4)
        );
    }

    private async Task SetTypesAsync(NpgsqlConnection connection, string[] types, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""update "{module}".feed_in set types = $1""", connection).With(
            (object)types.Order(StringComparer.Ordinal).ToArray()
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
