using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.Tests.Database;
using Microsoft.EntityFrameworkCore;

namespace BuildingBlocks.Tests.Probe;

/// <summary>
/// A customer's order earned points. Orders are the keys, so that events of one customer are applied side by side.
/// </summary>
[IntegrationEvent("points.earned", version: 1)]
public sealed record PointsEarnedV1(Guid OrderId, Guid CustomerId, long Points) : IIntegrationEvent
{
    public string Key => OrderId.ToString();
}

/// <summary>
/// Finds the customer's row, or adds it, and changes it: what every module does, and what loses points where nothing
/// looks after it.
/// </summary>
internal sealed class AddPoints(ProbeDbContext db) : IReaction<PointsEarnedV1>
{
    public async Task Handle(PointsEarnedV1 happened, EventContext context, CancellationToken cancellationToken)
    {
        var balance = await db.Balances.SingleOrDefaultAsync(
            known => known.CustomerId == happened.CustomerId,
            cancellationToken
        );
        if (balance is null)
        {
            db.Add(balance = new() { CustomerId = happened.CustomerId });
        }

        balance.Points += happened.Points;
        balance.Address.Changes++;
    }
}
