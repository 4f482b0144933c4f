-- Sums are kept ready by day. Each is written by one upsert an event; an amount that does not fit is refused, and its event parked.
-- "C": reports come in the same order on every server.

create table revenue_by_country (
  day          date not null,
  currency     text collate "C" not null,
  country      text collate "C" not null,
  entry        text not null constraint revenue_by_country_entry_check check (entry in ('confirmed', 'cancelled')),
  orders       bigint not null,
  quantity     bigint not null,
  amount_minor bigint not null,
  constraint revenue_by_country_pkey primary key (day, currency, country, entry)
);
create index revenue_by_country_unknown_idx on revenue_by_country (day) where country = 'unknown';

create table revenue_by_product (
  day          date not null,
  currency     text collate "C" not null,
  sku          text collate "C" not null,
  entry        text not null constraint revenue_by_product_entry_check check (entry in ('confirmed', 'cancelled')),
  orders       bigint not null,
  quantity     bigint not null,
  amount_minor bigint not null,
  constraint revenue_by_product_pkey primary key (day, currency, sku, entry)
);

-- What has been counted, for a cancellation to be counted under the country of its confirmation, and for countries that become known later.
create table bookings (
  order_id     uuid not null,
  entry        text not null constraint bookings_entry_check check (entry in ('confirmed', 'cancelled')),
  day          date not null,
  customer_id  uuid not null,
  country      text,
  currency     text collate "C" not null,
  quantity     bigint not null,
  amount_minor bigint not null,
  constraint bookings_pkey primary key (order_id, entry)
);
create index bookings_customer_id_idx on bookings (customer_id) where country is null;

-- The first country that Customers told of each customer.
create table customers (
  id      uuid not null constraint customers_pkey primary key,
  country text not null
);

create table activity (
  event_id     uuid not null constraint activity_pkey primary key,
  occurred_at  timestamp with time zone not null,
  type         text not null,
  subject_id   uuid not null,
  amount_minor bigint,
  currency     text
);
create index activity_occurred_at_idx on activity (occurred_at, event_id);
