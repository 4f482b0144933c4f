using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Customers.Persistence;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Customers.Features;

/// <summary>
/// Lists the caller's own customers, or everybody's to an admin, in the order of their ids, page by page.
/// </summary>
/// <param name="After">The <c>next</c> of the page before; null for the first page.</param>
/// <param name="Limit">1 to 200, 50 when not given.</param>
internal sealed record ListCustomers(Guid? After, int? Limit) : IQuery<CustomerPage>
{
    public const int DefaultLimit = 50;

    public const int MaxLimit = 200;
}

/// <param name="Next">What to send as <c>after</c> for the next page; null on the last.</param>
internal sealed record CustomerPage(IReadOnlyList<CustomerDetails> Items, Guid? Next);

internal sealed class ListCustomersValidator : AbstractValidator<ListCustomers>
{
    public ListCustomersValidator() => RuleFor(list => list.Limit).InclusiveBetween(1, ListCustomers.MaxLimit);
}

internal sealed class ListCustomersHandler(CustomersDbContext db, Caller caller)
    : IQueryHandler<ListCustomers, CustomerPage>
{
    public async Task<Result<CustomerPage>> Handle(ListCustomers query, CancellationToken cancellationToken)
    {
        var limit = query.Limit ?? ListCustomers.DefaultLimit;
        var customers = db.Customers.AsQueryable();
        if (!caller.IsAdmin)
        {
            // Customers without a user are admins' business, also when nobody is signed in.
            customers = customers.Where(customer => customer.UserId != null && customer.UserId == caller.UserId);
        }

        if (query.After is { } after)
        {
            customers = customers.Where(customer => customer.Id > after);
        }

        var found = await customers
            .OrderBy(customer => customer.Id)
            .Take(limit + 1)
            .Select(CustomerDetails.Of)
            .ToListAsync(cancellationToken);
        return found.Count > limit
            ? new CustomerPage(found[..limit], found[limit - 1].CustomerId)
            : new CustomerPage(found, Next: null);
    }
}

internal sealed class ListCustomersEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/customers", (Guid? after, int? limit, Sender sender, CancellationToken ct) =>
                sender.Ok(new ListCustomers(after, limit), ct)
            )
            .RequireAuthorization(Policies.Customer);
}
