using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Migrations;
using BuildingBlocks.EventLog.Publishing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace EventLogAlone;

internal sealed record Invoice(Guid OrderId, long AmountMinor);

internal sealed class BillingDbContext(DbContextOptions<BillingDbContext> options) : ModuleDbContext(options, "billing")
{
    public static readonly Migration Invoices = new(
        "module",
        "0001_invoices.sql",
        "create table invoices (order_id uuid primary key, amount_minor bigint not null)"
    );

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Invoice>().ToTable("invoices").HasKey(invoice => invoice.OrderId);
        base.OnModelCreating(modelBuilder);
    }
}

/// <summary>Saved with the checkpoint, in one transaction: an invoice for each order, once.</summary>
internal sealed partial class WriteInvoiceOnOrderPlaced(BillingDbContext db, ILogger<WriteInvoiceOnOrderPlaced> log)
    : IReaction<OrderPlacedV1>
{
    public Task Handle(OrderPlacedV1 placed, EventContext context, CancellationToken cancellationToken)
    {
        db.Add(new Invoice(placed.OrderId, placed.TotalMinor));
        LogInvoice(log, placed.TotalMinor, placed.OrderId);
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Information, "Invoice of {Cents} cents for order {OrderId}.")]
    private static partial void LogInvoice(ILogger logger, long cents, Guid orderId);
}
