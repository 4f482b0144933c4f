create table orders (
  id                  uuid primary key,
  customer_id         uuid not null,
  customer_user_id    uuid,
  customer_name       text not null,
  customer_email      text not null,
  customer_country    text not null,
  currency            text not null,
  total_minor         bigint not null constraint orders_total_minor_check check (total_minor >= 0),
  payment_token       text not null,
  status              text not null constraint orders_status_check check (
    status in ('placed', 'stockReserved', 'paid', 'confirmed', 'shipped', 'delivered', 'cancelled')),
  cancel_reason       text,
  placed_at           timestamp with time zone not null,
  confirmed_at        timestamp with time zone,
  placed_by           uuid,
  idempotency_key     text,
  request_fingerprint text,
  constraint orders_idempotency_key_check check ((idempotency_key is null) = (request_fingerprint is null))
);

-- The system itself, which has no account, is one sender too: its keys are unique like anybody's.
create unique index orders_placed_by_idempotency_key_key on orders (placed_by, idempotency_key) nulls not distinct
  where idempotency_key is not null;
create index orders_customer_id_idx on orders (customer_id, id);
create index orders_customer_user_id_idx on orders (customer_user_id, id);

create table order_items (
  order_id         uuid not null constraint order_items_order_id_fkey references orders (id),
  line             integer not null,
  sku              text not null,
  product_name     text not null,
  quantity         integer not null constraint order_items_quantity_check check (quantity > 0),
  unit_price_minor bigint not null constraint order_items_unit_price_minor_check check (unit_price_minor >= 0),
  primary key (order_id, line),
  constraint order_items_order_id_sku_key unique (order_id, sku)
);

create table order_status_history (
  order_id uuid not null constraint order_status_history_order_id_fkey references orders (id),
  status   text not null,
  at       timestamp with time zone not null,
  primary key (order_id, status)
);

-- Copies of what other modules own, kept by their events.

create table customers (
  id          uuid primary key,
  user_id     uuid,
  name        text not null,
  email       text not null,
  country     text,
  has_address boolean not null
);

create table products (
  sku          text primary key,
  name         text not null,
  price_minor  bigint not null,
  currency     text not null,
  discontinued boolean not null
);
