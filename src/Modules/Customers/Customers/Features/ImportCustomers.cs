using BuildingBlocks.Application;
using BuildingBlocks.Reference;
using Customers.Contracts.Commands;
using Customers.Domain;
using Customers.Persistence;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace Customers.Features;

internal sealed class ImportCustomersValidator : AbstractValidator<ImportCustomers>
{
    private const int MaxCustomers = 1_000;

    public ImportCustomersValidator(ReferenceData reference)
    {
        RuleFor(import => import.Customers)
            .NotEmpty()
            .Must(customers => customers.Count <= MaxCustomers)
            .WithMessage($"Import at most {MaxCustomers} customers at once.")
            .Must(customers => customers.DistinctBy(customer => customer.CustomerId).Count() == customers.Count)
            .WithMessage("Name each customer once.");
        RuleForEach(import => import.Customers)
            .ChildRules(customer =>
            {
                customer.RuleFor(c => c.CustomerId).NotEmpty();
                customer.RuleFor(c => c.Name).Visible().MaximumLength(Customer.MaxNameLength);
                customer.RuleFor(c => c.Email).NotEmpty().MaximumLength(Customer.MaxEmailLength).EmailAddress();
                customer.RuleFor(c => c.Countries).NotEmpty();
                customer.RuleForEach(c => c.Countries).NotEmpty().CountryCode(reference);
            });
    }
}

internal sealed class ImportCustomersHandler(CustomersDbContext db)
    : IModuleCommandHandler<ImportCustomers, ImportCustomersAnswer>
{
    public async Task<Result<ImportCustomersAnswer>> Handle(
        ImportCustomers command,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.OneImportAtATime(cancellationToken);
        var ids = command.Customers.Select(customer => customer.CustomerId).ToList();
        var known = await db
            .Customers.Where(customer => ids.Contains(customer.Id))
            .Select(customer => customer.Id)
            .ToHashSetAsync(cancellationToken);
        foreach (var import in command.Customers.Where(import => !known.Contains(import.CustomerId)))
        {
            var customer = Customer.Register(
                import.CustomerId,
                userId: null,
                import.Name,
                import.Email,
                import.Countries[0],
                address: null,
                import.RegisteredAt
            );
            db.Add(customer);
            db.Publish(customer.ToRegisteredV1());
            foreach (
                var move in import
                    .Countries.Skip(1)
                    .SelectMany(country => customer.ChangeProfile(customer.Name, customer.Email, country))
            )
            {
                db.Publish(move);
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ImportCustomersAnswer(command.Customers.Count - known.Count, known.Count);
    }
}
