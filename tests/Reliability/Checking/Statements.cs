using System.Text.RegularExpressions;
using Reliability.Load;

namespace Reliability.Checking;

/// <param name="Sql">Each row it answers is a breach.</param>
internal sealed record Statement(Breach Breach, string What, string Sql);

/// <summary>
/// What must be true across the modules once everything has come to rest. Imported and demo orders are in it too.
/// </summary>
internal static partial class Statements
{
    private static readonly string[] Modules = [.. Composition.Catalog().Modules.Select(module => module.Name)];

    private static readonly string AllEvents = string.Join(
        " union all ",
        Modules.Select(module =>
            $"select '{module}' as module, position, event_id, event_type, event_version, key, correlation_id, "
            + $"causation_id, trace_parent from {module}.outbox"
        )
    );

    private static readonly string AllParked = string.Join(
        " union all ",
        Modules.Select(module =>
            $"select '{module}' as module, subscription, source, event_type, key, status, attempts, left(error, 300) "
            + $"as error from {module}.parked_events"
        )
    );

    private static readonly Statement[] OfAllModules =
    [
        new(
            Breach.Stuck,
            "orders that did not end",
            "select id, status from orders.orders where status not in ('confirmed', 'shipped', 'delivered', "
                + "'cancelled')"
        ),
        new(
            Breach.Stuck,
            "sagas that did not end",
            "select id, status, step, reason from orders.sagas where ended_at is null"
        ),
        new(
            Breach.Stuck,
            "orders without a saga",
            "select id from orders.orders o where not exists (select 1 from orders.sagas s where s.id = o.id)"
        ),
        new(
            Breach.Stuck,
            "payments that still wait for the gateway",
            "select order_id, status, due_at from payments.payments where due_at is not null or status = 'pending'"
        ),
        new(Breach.Stuck, "parked events", $"select * from ({AllParked}) parked"),
        new(
            Breach.Untrue,
            "sagas that ended otherwise than their orders",
            "select o.id, o.status, s.status from orders.orders o join orders.sagas s on s.id = o.id where (s.status "
                + "= 'failed') <> (o.status = 'cancelled')"
        ),
        new(
            Breach.Doubled,
            "events that moved a saga twice",
            "select id, event_id, step, what, count(*) from orders.saga_history where event_id is not null group by "
                + "1, 2, 3, 4 having count(*) > 1"
        ),
        new(
            Breach.Untrue,
            "orders whose total is not the sum of their items",
            "select id from orders.orders o where total_minor <> (select sum(quantity * unit_price_minor) from "
                + "orders.order_items i where i.order_id = o.id)"
        ),
        new(
            Breach.Lost,
            "confirmed orders without exactly their money",
            """
            select o.id, o.status, o.total_minor, p.status, p.amount_minor, g.state, g.amount_minor
            from orders.orders o left join payments.payments p on p.order_id = o.id left join payments.simulated_gateway_charges g on g.key = p.id
            where o.status in ('confirmed', 'shipped', 'delivered')
              and (p.status, p.amount_minor, g.state, g.amount_minor) is distinct from ('captured', o.total_minor, 'charged', o.total_minor)
            """
        ),
        new(
            Breach.Doubled,
            "cancelled orders whose money was kept",
            """
            select o.id, p.status, g.state from orders.orders o join payments.payments p on p.order_id = o.id left join payments.simulated_gateway_charges g on g.key = p.id
            where o.status = 'cancelled' and (p.status in ('captured', 'pending') or g.state = 'charged')
            """
        ),
        new(
            Breach.Untrue,
            "money without an order",
            "select key, state from payments.simulated_gateway_charges g where not exists (select 1 from "
                + "payments.payments p join orders.orders o on o.id = p.order_id where p.id = g.key)"
        ),
        new(
            Breach.Untrue,
            "orders whose shipment does not fit",
            """
            select o.id, o.status, s.status from orders.orders o left join shipping.shipments s on s.order_id = o.id
            where coalesce(s.status, 'none') <> all (case o.status when 'confirmed' then array['pending'] when 'shipped' then array['dispatched']
              when 'delivered' then array['delivered'] when 'cancelled' then array['none', 'cancelled'] else array['none'] end)
            """
        ),
        new(
            Breach.Untrue,
            "shipments of no order",
            "select order_id from shipping.shipments s where not exists (select 1 from orders.orders o where o.id = "
                + "s.order_id)"
        ),
        new(
            Breach.Lost,
            "confirmed orders that were never to be shipped",
            "select id from orders.orders o where confirmed_at is not null and not exists (select 1 from "
                + "shipping.shipments s where s.order_id = o.id)"
        ),
        new(
            Breach.Untrue,
            "orders whose reservation does not fit",
            """
            select o.id, o.status, r.status from orders.orders o left join inventory.reservations r on r.order_id = o.id
            where coalesce(r.status, 'none') <> all (case o.status when 'confirmed' then array['reserved'] when 'shipped' then array['shipped']
              when 'delivered' then array['shipped'] when 'cancelled' then array['none', 'released'] else array['none'] end)
            """
        ),
        new(
            Breach.Untrue,
            "products whose reserved pieces are not those of their reservations",
            """
            select s.sku, s.warehouse, s.reserved from inventory.stock_levels s
            where s.reserved <> coalesce((select sum(l.quantity) from inventory.reservation_lines l join inventory.reservations r using (order_id)
              where r.status = 'reserved' and l.sku = s.sku and l.warehouse = s.warehouse), 0)
            """
        ),
        new(
            Breach.Untrue,
            "products whose pieces on hand are not what was counted less what was shipped",
            $"""
            select s.sku, s.on_hand from inventory.stock_levels s
            where (s.sku like 'R-__' or s.sku like 'R-SCARCE-%') and s.on_hand <> case when s.sku like 'R-SCARCE-%' then {Shoppers.ScarceStock} else {Shoppers.Stock} end
              - coalesce((select sum(l.quantity) from inventory.reservation_lines l join inventory.reservations r using (order_id)
                where r.status = 'shipped' and l.sku = s.sku and l.warehouse = s.warehouse), 0)
            """
        ),
        new(
            Breach.Untrue,
            "products of which more was promised than there was",
            "select sku, on_hand, reserved from inventory.stock_levels where sku like 'R-SCARCE-%' and reserved > "
                + "on_hand"
        ),
        new(
            Breach.Lost,
            "orders that the search shows otherwise",
            """
            select coalesce(o.id, s.order_id), o.status, s.status, o.total_minor, s.total_minor
            from orders.orders o full join order_search.order_search s on s.order_id = o.id
            where (o.id, o.status, o.total_minor, o.confirmed_at is null) is distinct from (s.order_id, s.status, s.total_minor, s.confirmed_at is null)
            """
        ),
        new(
            Breach.Lost,
            "confirmed orders that revenue does not count, or counts otherwise",
            """
            select coalesce(o.id, b.order_id), o.total_minor, b.amount_minor
            from (select * from orders.orders where confirmed_at is not null) o full join (select * from analytics.bookings where entry = 'confirmed') b on b.order_id = o.id
            where (o.id, o.total_minor) is distinct from (b.order_id, b.amount_minor)
            """
        ),
        new(
            Breach.Lost,
            "returns that revenue does not count, or counts otherwise",
            """
            select coalesce(o.id, b.order_id), o.total_minor, b.amount_minor
            from (select * from orders.orders where confirmed_at is not null and status = 'cancelled') o
            full join (select * from analytics.bookings where entry = 'cancelled') b on b.order_id = o.id
            where (o.id, o.total_minor) is distinct from (b.order_id, b.amount_minor)
            """
        ),
        new(
            Breach.Doubled,
            "revenue by country that is not the sum of its bookings",
            """
            select coalesce(r.entry, b.entry), r.orders, b.orders, r.amount, b.amount
            from (select entry, sum(orders) orders, sum(quantity) quantity, sum(amount_minor) amount from analytics.revenue_by_country group by 1) r
            full join (select entry, count(*) orders, sum(quantity) quantity, sum(amount_minor) amount from analytics.bookings group by 1) b on b.entry = r.entry
            where (r.orders, r.quantity, r.amount) is distinct from (b.orders, b.quantity, b.amount)
            """
        ),
        new(
            Breach.Doubled,
            "revenue by product that is not the sum of the items of confirmed orders",
            """
            select coalesce(r.sku, b.sku), r.quantity, b.quantity, r.amount, b.amount
            from (select sku, sum(orders) orders, sum(quantity) quantity, sum(amount_minor) amount from analytics.revenue_by_product where entry = 'confirmed' group by 1) r
            full join (select i.sku, count(*) orders, sum(i.quantity) quantity, sum(i.quantity * i.unit_price_minor) amount from orders.order_items i
              join orders.orders o on o.id = i.order_id where o.confirmed_at is not null group by 1) b on b.sku = r.sku
            where (r.orders, r.quantity, r.amount) is distinct from (b.orders, b.quantity, b.amount)
            """
        ),
        new(
            Breach.Lost,
            "events of orders and payments that the activity feed lacks or invented",
            """
            select coalesce(e.event_id, a.event_id), e.event_type, a.type
            from (select event_id, event_type from orders.outbox where event_type in ('order.placed', 'order.confirmed', 'order.cancelled')) e
            full join (select event_id, type from analytics.activity where type in ('order.placed', 'order.confirmed', 'order.cancelled')) a on a.event_id = e.event_id
            where e.event_id is null or a.event_id is null
            """
        ),
        new(
            Breach.Lost,
            "products whose copy differs",
            "select p.sku, p.price_minor, c.price_minor from catalog.products p left join orders.products c on c.sku "
                + "= p.sku where (p.name, p.price_minor, p.discontinued) is distinct from (c.name, c.price_minor, "
                + "c.discontinued)"
        ),
        new(
            Breach.Doubled,
            "events that an aggregate can publish only once",
            """
            select key, event_type, count(*) from (
              select key, event_type from orders.outbox where event_type in ('order.placed', 'order.confirmed', 'order.cancelled', 'order.payment-requested', 'order.stock-reservation-requested')
              union all select payload ->> 'orderId', event_type from shipping.outbox where event_type in ('shipment.created', 'shipment.dispatched', 'shipment.delivered')
              union all select payload ->> 'orderId', event_type from payments.outbox where event_type in ('payment.captured', 'payment.declined', 'payment.refunded')
              union all select payload ->> 'orderId', event_type from inventory.outbox where event_type in ('stock.reserved', 'stock.reservation-rejected', 'stock.released')
            ) published group by 1, 2 having count(*) > 1
            """
        ),
        new(
            Breach.Doubled,
            "reactions that answered one event twice",
            $"select module, causation_id, event_type, key, count(*) from ({AllEvents}) e where causation_id is not "
                + "null group by 1, 2, 3, 4 having count(*) > 1"
        ),
        new(
            Breach.Untrue,
            "events whose cause is in no outbox",
            $"with e as ({AllEvents}) select module, event_type, event_id, causation_id from e where causation_id is "
                + "not null and not exists (select 1 from e c where c.event_id::text = e.causation_id)"
        ),
        new(
            Breach.Untrue,
            "confirmations, charges and shipments that are not tied to their order's request",
            """
            select p.key, c.event_type, p.correlation_id, c.correlation_id from orders.outbox p join (
              select key, event_type, correlation_id from orders.outbox where event_type = 'order.confirmed'
              union all select payload ->> 'orderId', event_type, correlation_id from payments.outbox where event_type = 'payment.captured'
              union all select payload ->> 'orderId', event_type, correlation_id from shipping.outbox where event_type = 'shipment.created') c on c.key = p.key
            where p.event_type = 'order.placed' and p.correlation_id <> c.correlation_id and not exists (
              select 1 from orders.orders o where o.id::text = p.key and o.cancellation_requested_at is not null)
            """
        ),
        new(
            Breach.Untrue,
            "confirmations whose trace is not that of their order's request",
            """
            select p.key, p.trace_parent, c.trace_parent from orders.outbox p join orders.outbox c on c.key = p.key and c.event_type = 'order.confirmed'
            where p.event_type = 'order.placed' and split_part(p.trace_parent, '-', 2) <> split_part(c.trace_parent, '-', 2)
            """
        ),
    ];

    /// <summary>Those that are about modules which the Host has.</summary>
    public static IReadOnlyList<Statement> All { get; } =
    [
        .. OfAllModules.Where(statement =>
            Schema().Matches(statement.Sql).All(schema => Modules.Contains(schema.Value, StringComparer.Ordinal))
        ),
    ];

    [GeneratedRegex(@"(?<=\b(from|join) )\w+(?=\.)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Schema();
}
