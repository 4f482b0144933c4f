create table orders (
  id          uuid primary key,
  total_minor bigint not null
);
