create table balances (
  customer_id uuid primary key,
  points      bigint not null
);

create table addresses (
  balance_customer_id uuid primary key references balances,
  changes             bigint not null
);
