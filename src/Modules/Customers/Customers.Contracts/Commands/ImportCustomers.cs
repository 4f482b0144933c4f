using BuildingBlocks.Contracts;

namespace Customers.Contracts.Commands;

/// <summary>
/// Takes in customers of another system, those that are not here yet; whoever is here stays as they are. All or none.
/// Answers who they are to nobody else: each new one is announced by customer.registered and, where they moved,
/// customer.country-changed.
/// </summary>
/// <param name="Customers">1 to 1,000, each once.</param>
public sealed record ImportCustomers(IReadOnlyList<ImportedCustomer> Customers) : IModuleCommand<ImportCustomersAnswer>;

/// <summary>A customer whom only admins may act for, whose address is not known.</summary>
/// <param name="CustomerId">Made by whoever imports, the same at every try.</param>
/// <param name="Name">Up to 200 characters.</param>
/// <param name="Email">Up to 254 characters.</param>
/// <param name="RegisteredAt">When the other system first heard of them, UTC.</param>
/// <param name="Countries">ISO 3166-1 alpha-2 codes: where they were at home first, then each move in turn. At least
/// one.</param>
public sealed record ImportedCustomer(
    Guid CustomerId,
    string Name,
    string Email,
    DateTimeOffset RegisteredAt,
    IReadOnlyList<string> Countries
);

/// <param name="Taken">How many were new.</param>
/// <param name="Known">How many were here already.</param>
public sealed record ImportCustomersAnswer(int Taken, int Known);
