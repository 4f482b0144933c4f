using Analytics.Domain;
using BuildingBlocks.EventLog.Publishing;
using Microsoft.EntityFrameworkCore;
using Orders.Contracts;

namespace Analytics.Persistence;

/// <summary>An order that was confirmed, or cancelled after that, as its event tells.</summary>
/// <param name="Entry">One of <see cref="Domain.Entry"/>.</param>
/// <param name="At">Decides the day.</param>
/// <param name="Country">Null when the event does not say.</param>
internal sealed record BookedOrder(
    string Entry,
    DateTimeOffset At,
    Guid OrderId,
    Guid CustomerId,
    string? Country,
    string Currency,
    long TotalMinor,
    IReadOnlyList<OrderLine> Lines
);

/// <summary>
/// The DbContext of the Analytics schema, and the statements that keep the sums: one round trip an event, however many
/// lines an order has.
/// <para> Each begins by taking its turn, which ends with the transaction: orders and the countries of their customers
/// come from different sources, whose transactions do not see each other.
/// </para>
/// </summary>
internal sealed class AnalyticsDbContext(DbContextOptions<AnalyticsDbContext> options)
    : ModuleDbContext(options, "analytics")
{
    public DbSet<CountryRevenue> RevenueByCountry => Set<CountryRevenue>();

    public DbSet<ProductRevenue> RevenueByProduct => Set<ProductRevenue>();

    public DbSet<Booking> Bookings => Set<Booking>();

    public DbSet<Customer> Customers => Set<Customer>();

    public DbSet<Activity> Activity => Set<Activity>();

    /// <summary>
    /// Counts an order, once. It belongs to the country of its confirmation: that of the booked confirmation, else the
    /// one its own event tells, else the first that was told of its customer.
    /// </summary>
    public Task BookAsync(BookedOrder order, CancellationToken cancellationToken) =>
        Database.ExecuteSqlAsync(
            $"""
            select pg_advisory_xact_lock(hashtextextended(current_schema(), 0));

            with booked as (
              insert into bookings (order_id, entry, day, customer_id, country, currency, quantity, amount_minor)
              select
                {order.OrderId}, {order.Entry}, {DateOnly.FromDateTime(order.At.UtcDateTime)}, ordering.customer_id,
                case when confirmation.order_id is null then coalesce({order.Country}, customer.country) else confirmation.country end,
                {order.Currency}, {order.Lines.Sum(line => (long)line.Quantity)}, {order.TotalMinor}
              from (values ({order.CustomerId})) as ordering (customer_id)
              left join customers as customer on customer.id = ordering.customer_id
              left join bookings as confirmation on confirmation.order_id = {order.OrderId} and confirmation.entry = 'confirmed'
              on conflict (order_id, entry) do nothing
              returning *
            ),
            country as (
              insert into revenue_by_country as known (day, currency, country, entry, orders, quantity, amount_minor)
              select day, currency, coalesce(country, 'unknown'), entry, 1, quantity, amount_minor from booked
              on conflict (day, currency, country, entry) do update set
                orders = known.orders + excluded.orders,
                quantity = known.quantity + excluded.quantity,
                amount_minor = known.amount_minor + excluded.amount_minor
            )
            insert into revenue_by_product as known (day, currency, sku, entry, orders, quantity, amount_minor)
            select booked.day, booked.currency, line.sku, booked.entry, 1, sum(line.quantity), sum(line.quantity * line.unit_price_minor)
            from booked, unnest(
              {order.Lines.Select(line => line.Sku).ToArray()},
              {order.Lines.Select(line => (long)line.Quantity).ToArray()},
              {order.Lines.Select(line => line.UnitPriceMinor).ToArray()}) as line (sku, quantity, unit_price_minor)
            group by booked.day, booked.currency, line.sku, booked.entry
            on conflict (day, currency, sku, entry) do update set
              orders = known.orders + excluded.orders,
              quantity = known.quantity + excluded.quantity,
              amount_minor = known.amount_minor + excluded.amount_minor
            """,
            cancellationToken
        );

    /// <summary>
    /// Notes where a customer is at home, if it is the first time that this is told, and moves there what was booked
    /// without knowing. That it is the first country, and not the present one, is what makes the sums independent of
    /// which source is ahead.
    /// </summary>
    public Task KnowCountryAsync(Guid customerId, string country, CancellationToken cancellationToken) =>
        Database.ExecuteSqlAsync(
            $"""
            select pg_advisory_xact_lock(hashtextextended(current_schema(), 0));

            insert into customers (id, country) values ({customerId}, {country}) on conflict (id) do nothing;

            with found as (
              update bookings as booking set country = customer.country from customers as customer
              where customer.id = {customerId} and booking.customer_id = customer.id and booking.country is null
              returning booking.*
            ),
            change as (
              select day, currency, country, entry, 1 as orders, quantity, amount_minor from found
              union all
              select day, currency, 'unknown', entry, -1, -quantity, -amount_minor from found
            )
            insert into revenue_by_country as known (day, currency, country, entry, orders, quantity, amount_minor)
            select day, currency, country, entry, sum(orders), sum(quantity), sum(amount_minor) from change group by day, currency, country, entry
            on conflict (day, currency, country, entry) do update set
              orders = known.orders + excluded.orders,
              quantity = known.quantity + excluded.quantity,
              amount_minor = known.amount_minor + excluded.amount_minor;

            delete from revenue_by_country where country = 'unknown' and orders = 0
            """,
            cancellationToken
        );
}
