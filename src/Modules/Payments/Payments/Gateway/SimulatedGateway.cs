using BuildingBlocks.Database;
using Npgsql;
using Payments.Persistence;

namespace Payments.Gateway;

/// <summary>
/// Stands in for a payment provider, and like one keeps its own books: the table <c>simulated_gateway_charges</c>,
/// written on connections and transactions of its own, so that what it did stays done when our transaction fails or the
/// Host dies. The token decides what it does: tok_ok captures, tok_declined declines, tok_slow takes 5 seconds,
/// tok_flaky breaks the connection twice, the second time after it has charged.
/// </summary>
internal sealed class SimulatedGateway(ModuleConnections<PaymentsDbContext> connections, TimeProvider clock)
    : IPaymentGateway
{
    private const int FlakyFailures = 2;

    private static readonly TimeSpan Slowness = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public async Task<ChargeAnswer> Charge(ChargeRequest request, CancellationToken cancellationToken)
    {
        var calls = await Hear(request, cancellationToken);
        switch (request.Token)
        {
            case "tok_ok":
                break;
            case "tok_slow":
                await Task.Delay(Slowness, clock, cancellationToken);
                break;
            case "tok_flaky" when calls < FlakyFailures:
                throw new HttpRequestException("The simulated gateway broke the connection before it charged.");
            case "tok_flaky":
                break;
            default:
                return new(request.Token is "tok_declined" ? "card declined" : "unknown payment token");
        }

        var charged = await Book(
            "update simulated_gateway_charges set state = 'charged' where key = @key and state in ('open', 'charged') "
                + "returning 1",
            request.Key,
            cancellationToken
        );
        return charged is null ? new("the payment was called off")
            : calls == FlakyFailures && request.Token is "tok_flaky"
                ? throw new HttpRequestException("The simulated gateway broke the connection after it charged.")
            : new(DeclineReason: null);
    }

    /// <inheritdoc />
    public async Task<bool> Void(Guid key, CancellationToken cancellationToken) =>
        (string?)
            await Book(
                """
                insert into simulated_gateway_charges as known (key, state, amount_minor, currency, calls) values (@key, 'voided', 0, '', 0)
                on conflict (key) do update set state = case known.state when 'open' then 'voided' else known.state end
                returning state
                """,
                key,
                cancellationToken
            )
            is not "charged";

    /// <inheritdoc />
    public async Task<long> Refund(Guid key, CancellationToken cancellationToken) =>
        (long?)
            await Book(
                """
                insert into simulated_gateway_charges as known (key, state, amount_minor, currency, calls) values (@key, 'voided', 0, '', 0)
                on conflict (key) do update set state = case known.state when 'charged' then 'refunded' when 'open' then 'voided' else known.state end
                returning case state when 'refunded' then amount_minor else 0 end
                """,
                key,
                cancellationToken
            )
        ?? 0;

    /// <summary>Enters the request in the books, charging nothing yet.</summary>
    /// <returns>How often it was heard of, this time included.</returns>
    private async Task<int> Hear(ChargeRequest request, CancellationToken cancellationToken)
    {
        await using var command = connections.CreateCommand(
            """
            insert into simulated_gateway_charges as known (key, state, amount_minor, currency, calls) values (@key, 'open', @amount, @currency, 1)
            on conflict (key) do update set calls = known.calls + 1
            returning calls
            """
        );
        command.Parameters.Add(new NpgsqlParameter<Guid>("key", request.Key));
        command.Parameters.Add(new NpgsqlParameter<long>("amount", request.AmountMinor));
        command.Parameters.Add(new NpgsqlParameter<string>("currency", request.Currency));
        return (int?)await command.ExecuteScalarAsync(cancellationToken) ?? 0;
    }

    private async Task<object?> Book(string sql, Guid key, CancellationToken cancellationToken)
    {
        await using var command = connections.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid>("key", key));
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
