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
/// Sets what a customer is called, written to and at home. What is as it was changes nothing and tells nobody.
/// </summary>
/// <param name="CustomerId" example="0198a000-0000-7000-8000-00000000c057">As opening the customer answered it.</param>
/// <param name="Name">Up to 200 characters.</param>
/// <param name="Email">Up to 254 characters.</param>
/// <param name="Country">ISO 3166-1 alpha-2 code.</param>
internal sealed record ChangeProfile(Guid CustomerId, string Name, string Email, string Country) : ICommand;

/// <param name="Name" example="Ada Lovelace">Up to 200 characters.</param>
/// <param name="Email" example="ada@example.com">Up to 254 characters.</param>
/// <param name="Country" example="GB">ISO 3166-1 alpha-2 code.</param>
internal sealed record CustomerProfile(string Name, string Email, string Country);

internal sealed class ChangeProfileValidator : AbstractValidator<ChangeProfile>
{
    public ChangeProfileValidator(ReferenceData reference)
    {
        RuleFor(profile => profile.Name).NotEmpty().MaximumLength(Customer.MaxNameLength);
        RuleFor(profile => profile.Email).NotEmpty().MaximumLength(Customer.MaxEmailLength).EmailAddress();
        RuleFor(profile => profile.Country).NotEmpty().CountryCode(reference);
    }
}

internal sealed class ChangeProfileHandler(CustomersDbContext db, Caller caller) : ICommandHandler<ChangeProfile>
{
    public async Task<Result> Handle(ChangeProfile command, CancellationToken cancellationToken)
    {
        if (
            await db.Customers.FindAsync([command.CustomerId], cancellationToken) is not { } customer
            || !caller.MayActFor(customer.UserId)
        )
        {
            return CustomerErrors.Unknown;
        }

        foreach (var change in customer.ChangeProfile(command.Name, command.Email, command.Country))
        {
            db.Publish(change);
        }

        await db.SaveChangesAsync(cancellationToken);
        return Result.Done;
    }
}

internal sealed class ChangeProfileEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/customers/{id:guid}/profile",
                (Guid id, CustomerProfile body, Sender sender, CancellationToken ct) =>
                    sender.NoContent(new ChangeProfile(id, body.Name, body.Email, body.Country), ct)
            )
            .RequireAuthorization(Policies.Customer)
            .Refuses(CustomerErrors.Unknown);
}
