create table mails (
  event_id  uuid primary key,
  order_id  uuid not null,
  kind      text not null constraint mails_kind_check check (kind in ('confirmed', 'shipped', 'cancelled', 'refunded')),
  recipient text not null,
  transport text not null constraint mails_transport_check check (transport in ('smtp', 'pickup')),
  sent_at   timestamp with time zone not null
);
create index mails_order_id_sent_at_event_id_idx on mails (order_id, sent_at, event_id);

-- Copies of what Orders and Customers own, kept by their events.
create table orders (
  order_id    uuid primary key,
  customer_id uuid not null
);

create table customers (
  customer_id uuid primary key,
  name        text not null,
  email       text not null
);
