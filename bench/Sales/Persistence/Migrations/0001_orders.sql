create table orders (
  id          uuid primary key,
  customer_id uuid not null,
  total       numeric not null,
  status      text not null,
  placed_at   timestamptz not null
);

-- As large as an event, without being one: what an EF Core transaction costs that writes two rows.
create table plain_rows (
  id      uuid primary key,
  payload jsonb not null
);

-- The hand-written event log of the variants that the building blocks are held against: nothing but what it takes to lose nothing.
create table raw_events (
  position bigint generated always as identity primary key,
  tx_id    xid8 not null default pg_current_xact_id(),
  payload  jsonb not null
);
create index on raw_events (tx_id);
