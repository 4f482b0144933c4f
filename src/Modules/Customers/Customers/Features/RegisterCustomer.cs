using BuildingBlocks.Application;
using BuildingBlocks.Reference;
using BuildingBlocks.Web;
using Customers.Domain;
using Customers.Persistence;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Customers.Features;

/// <summary>Makes a customer. Over HTTP it belongs to whoever is signed in and gets a new id.</summary>
/// <param name="CustomerId">Unique for ever.</param>
/// <param name="UserId">The account that may act for the customer; null when only admins may.</param>
/// <param name="Name">A person's or a company's, up to 200 characters.</param>
/// <param name="Email">Where the customer wants to be written to, up to 254 characters; need not be unique.</param>
/// <param name="Country">ISO 3166-1 alpha-2 code.</param>
/// <param name="Address">Where goods go; its country may be another.</param>
internal sealed record RegisterCustomer(
    Guid CustomerId,
    Guid? UserId,
    string Name,
    string Email,
    string Country,
    AddressInput Address
) : ICommand<RegisteredCustomer>;

/// <param name="Name" example="Ada Lovelace">Up to 200 characters.</param>
/// <param name="Email" example="ada@example.com">Up to 254 characters.</param>
/// <param name="Country" example="GB">ISO 3166-1 alpha-2 code.</param>
internal sealed record NewCustomer(string Name, string Email, string Country, AddressInput Address);

internal sealed record RegisteredCustomer(Guid CustomerId);

internal sealed class RegisterCustomerValidator : AbstractValidator<RegisterCustomer>
{
    public RegisterCustomerValidator(ReferenceData reference)
    {
        RuleFor(customer => customer.CustomerId).NotEmpty();
        RuleFor(customer => customer.Name).NotEmpty().MaximumLength(Customer.MaxNameLength);
        RuleFor(customer => customer.Email).NotEmpty().MaximumLength(Customer.MaxEmailLength).EmailAddress();
        RuleFor(customer => customer.Country).NotEmpty().CountryCode(reference);
        RuleFor(customer => customer.Address).NotNull().SetValidator(new AddressInputValidator(reference));
    }
}

internal sealed class RegisterCustomerHandler(CustomersDbContext db, TimeProvider clock)
    : ICommandHandler<RegisterCustomer, RegisteredCustomer>
{
    public async Task<Result<RegisteredCustomer>> Handle(RegisterCustomer command, CancellationToken cancellationToken)
    {
        var customer = Customer.Register(
            command.CustomerId,
            command.UserId,
            command.Name,
            command.Email,
            command.Country,
            command.Address.ToAddress(),
            clock.GetUtcNow()
        );
        db.Add(customer);
        db.Publish(customer.ToRegisteredV1());
        await db.SaveChangesAsync(cancellationToken);
        return new RegisteredCustomer(customer.Id);
    }
}

internal sealed class RegisterCustomerEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/customers", (NewCustomer body, Caller caller, Sender sender, CancellationToken ct) =>
                sender.Created(
                    new RegisterCustomer(
                        Guid.CreateVersion7(),
                        caller.UserId,
                        body.Name,
                        body.Email,
                        body.Country,
                        body.Address
                    ),
                    registered => $"/customers/{registered.CustomerId}",
                    ct
                )
            )
            .RequireAuthorization(Policies.Customer)
            .Refuses(CustomerErrors.IdTaken);
}
