using BuildingBlocks.EventLog.Publishing;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using OrderSearch.Domain;

namespace OrderSearch.Persistence;

/// <summary>
/// The DbContext of the OrderSearch schema, and all that is ever written into it: one statement for each source, in one
/// round trip an event.
/// <para> Each begins by taking its turn. Events of Orders and of Customers write columns of the same rows, in
/// transactions that do not see each other: without a turn, an order could take over its customer's old country while
/// the customer moves the orders it sees; and two pages of events that lock the same rows in different orders would
/// deadlock. The turn ends with the transaction.
/// </para>
/// </summary>
internal sealed class OrderSearchDbContext(DbContextOptions<OrderSearchDbContext> options)
    : ModuleDbContext(options, "order_search")
{
    public DbSet<SearchedOrder> Orders => Set<SearchedOrder>();

    public DbSet<Customer> Customers => Set<Customer>();

    /// <summary>
    /// Writes what an event of Orders says. What Customers says of the customer counts more, being newer.
    /// </summary>
    public Task WriteAsync(OrderFacts order, CancellationToken cancellationToken) =>
        Database.ExecuteSqlAsync(
            $"""
            select pg_advisory_xact_lock(hashtextextended(current_schema(), 0));

            insert into order_search as known (
              order_id, customer_id, customer_user_id, customer_name, country, currency, total_minor, skus, items, placed_at, confirmed_at, cancelled_at)
            select
              {order.OrderId}, {order.CustomerId}, customer.user_id, coalesce(customer.name, {Text(
                order.CustomerName
            )}), coalesce(customer.country, {Text(order.Country)}),
              {order.Currency}, {order.TotalMinor}, {order.Skus}, {order.ItemsJson}::jsonb, {order.PlacedAt}, {Time(
                order.ConfirmedAt
            )}, {Time(order.CancelledAt)}
            from (values ({order.CustomerId})) as ordering (customer_id) left join customers as customer on customer.id = ordering.customer_id
            on conflict (order_id) do update set
              customer_id = excluded.customer_id,
              customer_user_id = excluded.customer_user_id,
              customer_name = coalesce(excluded.customer_name, known.customer_name),
              country = coalesce(excluded.country, known.country),
              currency = excluded.currency,
              total_minor = excluded.total_minor,
              skus = excluded.skus,
              items = excluded.items,
              placed_at = coalesce(known.placed_at, excluded.placed_at),
              confirmed_at = coalesce(known.confirmed_at, excluded.confirmed_at),
              cancelled_at = coalesce(known.cancelled_at, excluded.cancelled_at)
            """,
            cancellationToken
        );

    /// <summary>
    /// Writes what an event of Customers says, a null meaning nothing; it reaches all orders of the customer, however
    /// old.
    /// </summary>
    public Task WriteAsync(CustomerFacts customer, CancellationToken cancellationToken) =>
        Database.ExecuteSqlAsync(
            $"""
            select pg_advisory_xact_lock(hashtextextended(current_schema(), 0));

            insert into customers as known (id, user_id, name, country)
            values ({customer.CustomerId}, {Uuid(customer.UserId)}, {Text(customer.Name)}, {Text(customer.Country)})
            on conflict (id) do update set
              user_id = coalesce(excluded.user_id, known.user_id),
              name = coalesce(excluded.name, known.name),
              country = coalesce(excluded.country, known.country);

            update order_search as placed set
              customer_user_id = customer.user_id,
              customer_name = coalesce(customer.name, placed.customer_name),
              country = coalesce(customer.country, placed.country)
            from customers as customer
            where customer.id = {customer.CustomerId} and placed.customer_id = customer.id
            """,
            cancellationToken
        );

    /// <summary>
    /// Writes what an event of Shipping says, a null meaning nothing; the order itself may not be known yet.
    /// </summary>
    public Task WriteAsync(ShipmentFacts shipment, CancellationToken cancellationToken) =>
        Database.ExecuteSqlAsync(
            $"""
            select pg_advisory_xact_lock(hashtextextended(current_schema(), 0));

            insert into order_search as known (order_id, shipped_at, delivered_at)
            values ({shipment.OrderId}, {Time(shipment.ShippedAt)}, {Time(shipment.DeliveredAt)})
            on conflict (order_id) do update set
              shipped_at = coalesce(known.shipped_at, excluded.shipped_at),
              delivered_at = coalesce(known.delivered_at, excluded.delivered_at)
            """,
            cancellationToken
        );

    // EF Core would send a null without a type, and a statement with such a parameter is never prepared: it would be
    // parsed and planned for each event.
    private static NpgsqlParameter Text(string? value) => Typed(NpgsqlDbType.Text, value);

    private static NpgsqlParameter Uuid(Guid? value) => Typed(NpgsqlDbType.Uuid, value);

    private static NpgsqlParameter Time(DateTimeOffset? value) => Typed(NpgsqlDbType.TimestampTz, value);

    private static NpgsqlParameter Typed(NpgsqlDbType type, object? value) =>
        new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
}
