using Payments.Gateway;

namespace Payments.Tests;

/// <summary>Charges, and then its Host is as good as dead: the answer arrives only when the test says so.</summary>
internal sealed class StrandedGateway(IPaymentGateway gateway) : IPaymentGateway
{
    private readonly TaskCompletionSource charged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Charged => charged.Task;

    public void Answer() => answered.SetResult();

    public async Task<ChargeAnswer> Charge(ChargeRequest request, CancellationToken cancellationToken)
    {
        var answer = await gateway.Charge(request, cancellationToken);
        charged.SetResult();
        await answered.Task;
        return answer;
    }

    public Task<bool> Void(Guid key, CancellationToken cancellationToken) => gateway.Void(key, cancellationToken);

    public Task<long> Refund(Guid key, CancellationToken cancellationToken) => gateway.Refund(key, cancellationToken);
}

/// <summary>Never answers a charge: it breaks the connection before it charges, or after.</summary>
internal sealed class MuteGateway(IPaymentGateway gateway, bool charges) : IPaymentGateway
{
    public async Task<ChargeAnswer> Charge(ChargeRequest request, CancellationToken cancellationToken)
    {
        if (charges)
        {
            await gateway.Charge(request, cancellationToken);
        }

        throw new HttpRequestException("The connection broke.");
    }

    public Task<bool> Void(Guid key, CancellationToken cancellationToken) => gateway.Void(key, cancellationToken);

    public Task<long> Refund(Guid key, CancellationToken cancellationToken) => gateway.Refund(key, cancellationToken);
}

/// <summary>When it answers, the database is as a commit has left it whose own answer was lost on the way.</summary>
internal sealed class GatewayWithUnheardCommit(PaymentsFixture payments) : IPaymentGateway
{
    public async Task<ChargeAnswer> Charge(ChargeRequest request, CancellationToken cancellationToken)
    {
        await payments.Sql.Execute(
            "update payment_attempts set ended_at = started_at, outcome = 'by the unheard commit' where payment_id = "
                + "$1 and number = 1",
            request.Key
        );
        await payments.Sql.Execute(
            "update payments set status = 'captured', due_at = null, lease_until = null where id = $1",
            request.Key
        );
        return new(DeclineReason: null);
    }

    public Task<bool> Void(Guid key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<long> Refund(Guid key, CancellationToken cancellationToken) => throw new NotSupportedException();
}
