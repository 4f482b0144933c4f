using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Users.Domain;
using Users.Persistence;

namespace Users.Features;

/// <summary>Gives a user another role, in force for their next request. There is always an admin left.</summary>
/// <param name="UserId" example="0198a000-0000-7000-8000-000000000001">The account.</param>
/// <param name="Role">user, moderator or admin.</param>
internal sealed record ChangeRole(Guid UserId, string Role) : ICommand;

/// <summary>The body of the request; whose role it is stands in the address.</summary>
/// <param name="Role" example="moderator">user, moderator or admin.</param>
internal sealed record NewRole(string Role);

internal sealed class ChangeRoleValidator : AbstractValidator<ChangeRole>
{
    public ChangeRoleValidator() =>
        RuleFor(change => change.Role)
            .NotEmpty()
            .Must(role => Roles.All.Contains(role, StringComparer.Ordinal))
            .WithMessage($"The role must be one of {string.Join(", ", Roles.All)}.");
}

internal sealed class ChangeRoleHandler(UsersDbContext db) : ICommandHandler<ChangeRole>
{
    public async Task<Result> Handle(ChangeRole command, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);

        // Locked, so that two admins who take the role from each other at the same time cannot both find the other one
        // left.
        var admins = await db
            .Accounts.FromSql($"select *, xmin from accounts where role = 'admin' order by id for update")
            .ToListAsync(cancellationToken);
        if (await db.Accounts.FindAsync([command.UserId], cancellationToken) is not { } account)
        {
            return AccountErrors.Unknown;
        }

        var previous = account.Role;
        if (account.ChangeRole(command.Role, admins.Count(admin => admin.Id != account.Id)).Failed(out var refusal))
        {
            return refusal;
        }

        if (!string.Equals(previous, account.Role, StringComparison.Ordinal))
        {
            db.Publish(account.ToRoleChangedV1(previous));
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return Result.Done;
    }
}

internal sealed class ChangeRoleEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut("/users/{id:guid}/role", (Guid id, NewRole body, Sender sender, CancellationToken ct) =>
                sender.NoContent(new ChangeRole(id, body.Role), ct)
            )
            .RequireAuthorization(Policies.Admin)
            .Refuses(AccountErrors.Unknown, AccountErrors.LastAdmin);
}
