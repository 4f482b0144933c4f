create table invoices (
  order_id     uuid primary key,
  amount_minor bigint not null
);
