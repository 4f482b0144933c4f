create table entries (
  order_id    uuid primary key,
  customer_id uuid not null,
  total       numeric not null,
  placed_at   timestamptz not null,
  position    bigint generated always as identity   -- in which order they were recorded
);

-- How far the hand-written consumer has come.
create table raw_checkpoint (
  only_row   boolean primary key default true check (only_row),
  checkpoint pg_snapshot not null
);
insert into raw_checkpoint (checkpoint) values ('1:1:');
