using BuildingBlocks.Application;
using BuildingBlocks.Reference;
using BuildingBlocks.Web;
using Customers.Domain;
using Customers.Persistence;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Customers.Features;

/// <summary>
/// Sets where a customer's goods go from now on. An address that is as it was changes nothing and tells nobody.
/// </summary>
/// <param name="CustomerId" example="0198a000-0000-7000-8000-00000000c057">As opening the customer answered it.</param>
internal sealed record ChangeAddress(Guid CustomerId, AddressInput Address) : ICommand;

internal sealed class ChangeAddressValidator : AbstractValidator<ChangeAddress>
{
    // The body is the address itself, so its fields are named without a path before them.
    public ChangeAddressValidator(ReferenceData reference) =>
        RuleFor(change => change.Address)
            .NotNull()
            .SetValidator(new AddressInputValidator(reference))
            .OverridePropertyName("");
}

internal sealed class ChangeAddressHandler(CustomersDbContext db, Caller caller) : ICommandHandler<ChangeAddress>
{
    public async Task<Result> Handle(ChangeAddress command, CancellationToken cancellationToken)
    {
        if (
            await db.Customers.FindAsync([command.CustomerId], cancellationToken) is not { } customer
            || !caller.MayActFor(customer.UserId)
        )
        {
            return CustomerErrors.Unknown;
        }

        if (customer.MoveTo(command.Address.ToAddress()) is { } updated)
        {
            db.Publish(updated);
        }

        await db.SaveChangesAsync(cancellationToken);
        return Result.Done;
    }
}

internal sealed class ChangeAddressEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut("/customers/{id:guid}/address", (Guid id, AddressInput body, Sender sender, CancellationToken ct) =>
                sender.NoContent(new ChangeAddress(id, body), ct)
            )
            .RequireAuthorization(Policies.Customer)
            .Refuses(CustomerErrors.Unknown);
}
