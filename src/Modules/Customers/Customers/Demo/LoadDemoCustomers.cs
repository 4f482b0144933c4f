using System.Text;
using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Freshness;
using BuildingBlocks.Modules;
using Customers.Features;
using Customers.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Customers.Demo;

/// <summary>
/// Northwind's customers, whom only admins may act for, and the customer that belongs to the demo account.
/// </summary>
internal sealed class LoadDemoCustomers(
    CustomersDbContext db,
    Sender sender,
    CatchUp catchUp,
    IOptions<DemoOptions> options
) : IDemoData
{
    public async Task Load(CancellationToken cancellationToken)
    {
        var rows = DemoCsv.Read<LoadDemoCustomers>("customers.csv").ToDictionary(row => IdOf(row["code"]));
        var known = await db
            .Customers.Where(customer => rows.Keys.Contains(customer.Id))
            .Select(customer => customer.Id)
            .ToHashSetAsync(cancellationToken);
        foreach (var (id, row) in rows.Where(row => !known.Contains(row.Key)))
        {
            AddressInput address = new(row["street"], row["city"], row["postal_code"], row["country"]);
            RegisterCustomer register = new(
                id,
                UserId: null,
                row["name"],
                $"{row["code"].ToLowerInvariant()}@northwind.example",
                row["country"],
                address
            );
            await sender.SendOrThrow(register, cancellationToken);
        }

        await LoadDemoAccountsCustomer(cancellationToken);
    }

    private async Task LoadDemoAccountsCustomer(CancellationToken cancellationToken)
    {
        // Signing up has opened this customer, or is about to; after this wait there is no race about who makes it.
        await catchUp.With(db, "users", cancellationToken);
        var id = DemoOptions.CustomerId;
        AddressInput address = new("Unter den Linden 1", "Berlin", "10117", "DE");
        switch (
            await db.Customers.AsNoTracking().SingleOrDefaultAsync(customer => customer.Id == id, cancellationToken)
        )
        {
            case null:
                await sender.SendOrThrow(
                    new RegisterCustomer(id, id, "Demo Customer", options.Value.CustomerEmail, "DE", address),
                    cancellationToken
                );
                break;
            case { Address: null } opened:
                await sender.SendOrThrow(new ChangeProfile(id, opened.Name, opened.Email, "DE"), cancellationToken);
                await sender.SendOrThrow(new ChangeAddress(id, address), cancellationToken);
                break;
        }
    }

    /// <summary>
    /// The code's five letters as the last bytes of the id, so that ALFKI has the same id in every installation.
    /// </summary>
    private static Guid IdOf(string code) =>
        new($"0198a000-0000-7000-8000-00{Convert.ToHexString(Encoding.ASCII.GetBytes(code))}");
}
