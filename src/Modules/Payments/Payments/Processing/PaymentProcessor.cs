using System.Diagnostics;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Payments.Domain;
using Payments.Gateway;
using Payments.Persistence;

namespace Payments.Processing;

/// <summary>
/// Calls the gateway for the payments that are due, outside of any transaction. It takes a payment up for the time of a
/// lease, calls, and writes down the answer together with the events that tell it. When the Host dies in between, the
/// next one to take the payment up asks the gateway again under the same key. Any number of Hosts may run it.
/// </summary>
internal sealed partial class PaymentProcessor(
    IServiceScopeFactory scopes,
    IPaymentGateway gateway,
    PaymentSignal signal,
    IOptions<PaymentsOptions> options,
    TimeProvider clock,
    OutageLog outages,
    ILogger<PaymentProcessor> logger
) : BackgroundService
{
    private const string LookingUp = "Looking up payments that are due";

    private static readonly ActivitySource Activities = new("Modules.Payments");

    /// <summary>
    /// What failed is soon due again, and no signal tells of it: after something was done it looks again soon, then
    /// ever less often.
    /// </summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan PauseWithoutDatabase = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Takes up all that is due now and sees it through; for tests, which leave the background loop out.
    /// </summary>
    /// <returns>How many payments that were.</returns>
    public async Task<int> ProcessDue(CancellationToken cancellationToken)
    {
        var taken = await TakeUp(options.Value.MaxConcurrentCalls, cancellationToken);
        await Task.WhenAll(taken.Select(SeeThrough));
        return taken.Count;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<Task> running = [];
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                running.RemoveAll(task => task.IsCompleted);
                var free = options.Value.MaxConcurrentCalls - running.Count;
                if (free == 0)
                {
                    await Task.WhenAny(running).WaitAsync(stoppingToken);
                    continue;
                }

                var taken = await TakeUp(free, stoppingToken);
                outages.Succeeded(LookingUp);
                running.AddRange(taken.Select(SeeThrough));
                if (taken.Count < free)
                {
                    pause = await signal.Wait(pause, stoppingToken) || taken.Count > 0 ? FirstPause : Longer(pause);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                outages.Failed(LookingUp, e);
                pause = options.Value.PollInterval;
                await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        // The calls at hand have a limit of their own; the Host's time-out for stopping ends the wait if need be.
        await Task.WhenAll(running);
    }

    private TimeSpan Longer(TimeSpan pause) =>
        pause * 2 < options.Value.PollInterval ? pause * 2 : options.Value.PollInterval;

    private async Task<IReadOnlyList<TakenUp>> TakeUp(int count, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PaymentsDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var due = await db.LockDue(now, count, cancellationToken);
        if (due.Count == 0)
        {
            return [];
        }

        var taken = due.Select(payment => new TakenUp(payment, payment.Begin(now, options.Value.Lease))).ToList();
        db.AddRange(taken.Select(one => one.Attempt));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return taken;
    }

    private async Task SeeThrough(TakenUp taken)
    {
        // The trace goes on where the event that asked for this was published.
        using var activity = Activities.StartActivity(
            $"payment {taken.Attempt.Call}",
            ActivityKind.Client,
            taken.Payment.Origin.TraceParent
        );
        var answer = await Ask(taken);
        while (!await WriteDown(taken, answer))
        {
            await Task.Delay(PauseWithoutDatabase, clock);
        }
    }

    /// <summary>Calls the gateway; not knowing what it did is an answer too.</summary>
    private async Task<Answer> Ask(TakenUp taken)
    {
        var (payment, attempt) = taken;
        using CancellationTokenSource limit = new(options.Value.CallTimeout, clock);
        try
        {
            switch (attempt.Call)
            {
                case GatewayCall.Charge:
                    ChargeRequest request = new(
                        payment.Id,
                        payment.PaymentToken ?? "",
                        payment.AmountMinor,
                        payment.Currency
                    );
                    return (await gateway.Charge(request, limit.Token)).DeclineReason is { } reason
                        ? new($"declined: {reason}", (asked, at) => asked.Declined(reason, at))
                        : new("captured", (asked, at) => asked.Captured(at));
                case GatewayCall.Void:
                    return await gateway.Void(payment.Id, limit.Token)
                        ? new("voided", (asked, at) => asked.Voided(at))
                        : new("captured before", (asked, at) => asked.Captured(at));
                default:
                    var amountMinor = await gateway.Refund(payment.Id, limit.Token);
                    return new("refunded", (asked, at) => asked.Refunded(amountMinor, at));
            }
        }
        catch (Exception e)
        {
            // Whatever a provider's client throws, what the provider did is unknown.
            LogNoAnswer(attempt.Call, payment.Id, payment.OrderId, attempt.Number, e.Message);
            return new($"no answer: {e.Message}", (asked, at) =>
            {
                asked.Failed(at, options.Value);
                return [];
            });
        }
    }

    /// <summary>Commits the answer with the events that tell it.</summary>
    /// <returns>False when the database cannot be reached but may be in time; true when it is done, or another Host's
    /// business.</returns>
    private async Task<bool> WriteDown(TakenUp taken, Answer answer)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<PaymentsDbContext>();
            var (payment, attempt) = await db.AsCommitted(taken.Attempt);
            if (attempt.EndedAt is not null)
            {
                // The connection broke after our commit had been made and before we heard of it.
                return true;
            }

            if (payment.Attempts != attempt.Number)
            {
                LogLeaseLost(payment.Id, payment.OrderId, attempt.Number);
                return true;
            }

            Correlation.Begin(payment.Origin.CorrelationId, payment.Origin.CausationId);
            var now = clock.GetUtcNow();
            attempt.End(answer.Outcome, now);
            foreach (var happened in answer.Apply(payment, now))
            {
                db.Publish(happened);
            }

            if (payment.DueAt <= now)
            {
                // A refund was asked for meanwhile.
                db.OnceCommitted(signal.Raise);
            }

            await db.SaveChangesAsync();
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            // A refund was requested meanwhile: apply the answer to the payment as it is now.
            return false;
        }
        catch (Exception e)
        {
            outages.FailedOnce("Writing down the gateway's answers", e);
            return clock.GetUtcNow() >= taken.Payment.LeaseUntil;
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "No answer to {Call} of payment {PaymentId} for order {OrderId}, attempt {Attempt}: {Reason}"
    )]
    private partial void LogNoAnswer(GatewayCall call, Guid paymentId, Guid orderId, int attempt, string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "Attempt {Attempt} of payment {PaymentId} for order {OrderId} took longer than its lease; a later one decides."
    )]
    private partial void LogLeaseLost(Guid paymentId, Guid orderId, int attempt);

    private sealed record TakenUp(Payment Payment, PaymentAttempt Attempt);

    private sealed record Answer(string Outcome, Func<Payment, DateTimeOffset, IReadOnlyList<IIntegrationEvent>> Apply);
}
