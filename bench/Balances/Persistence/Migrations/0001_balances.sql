-- The same table twice: one is mapped with a concurrency token, the other waives it.
create table guarded_balances (
  customer_id uuid primary key,
  orders      integer not null,
  total       numeric not null
);

create table unguarded_balances (
  customer_id uuid primary key,
  orders      integer not null,
  total       numeric not null
);
