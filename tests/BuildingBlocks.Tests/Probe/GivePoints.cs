using BuildingBlocks.Application;
using BuildingBlocks.Tests.Database;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace BuildingBlocks.Tests.Probe;

/// <summary>The same as the reaction <see cref="AddPoints"/>, but by request: the first to give adds the row.</summary>
internal sealed record GivePoints(Guid CustomerId, long Points) : ICommand;

internal sealed class GivePointsValidator : AbstractValidator<GivePoints>
{
    public GivePointsValidator() => RuleFor(give => give.Points).GreaterThan(0);
}

internal sealed class GivePointsHandler(ProbeDbContext db) : ICommandHandler<GivePoints>
{
    public async Task<Result> Handle(GivePoints command, CancellationToken cancellationToken)
    {
        var balance = await db.Balances.SingleOrDefaultAsync(
            known => known.CustomerId == command.CustomerId,
            cancellationToken
        );
        if (balance is null)
        {
            db.Add(balance = new() { CustomerId = command.CustomerId });
        }

        balance.Points += command.Points;
        db.Publish(new NoteTakenV1(command.CustomerId.ToString(), $"{command.Points} points"));
        await db.SaveChangesAsync(cancellationToken);
        return Result.Done;
    }
}
