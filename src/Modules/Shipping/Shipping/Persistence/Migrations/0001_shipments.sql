create table shipments (
  id             uuid primary key,
  order_id       uuid not null constraint shipments_order_id_key unique,
  customer_id    uuid,
  status         text not null constraint shipments_status_check check (status in ('pending', 'dispatched', 'delivered', 'cancelled')),
  cancel_reason  text,
  recipient_name text,
  street         text,
  city           text,
  postal_code    text,
  country        text,
  created_at     timestamp with time zone not null,
  dispatched_at  timestamp with time zone,
  delivered_at   timestamp with time zone,
  cancelled_at   timestamp with time zone,
  -- What left is never cancelled, and what left has an address: whoever writes here, these stay true.
  constraint shipments_dispatched_at_check check ((status in ('dispatched', 'delivered')) = (dispatched_at is not null)),
  constraint shipments_delivered_at_check check ((status = 'delivered') = (delivered_at is not null)),
  constraint shipments_cancelled_at_check check ((status = 'cancelled') = (cancelled_at is not null)),
  constraint shipments_street_check check ((dispatched_at is not null) = (street is not null))
);

create table shipment_items (
  shipment_id  uuid not null constraint shipment_items_shipment_id_fkey references shipments (id),
  line         integer not null,
  sku          text not null,
  product_name text not null,
  quantity     integer not null constraint shipment_items_quantity_check check (quantity > 0),
  primary key (shipment_id, line)
);

-- A copy of what Customers owns, kept by its events.
create table customer_addresses (
  customer_id uuid primary key,
  user_id     uuid,
  name        text not null,
  street      text,
  city        text,
  postal_code text,
  country     text
);
