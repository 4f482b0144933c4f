create table customers (
  id            uuid not null constraint customers_pkey primary key,
  user_id       uuid,                            -- of Users; null when only admins may act for the customer
  name          text not null,
  email         text not null,
  country       text constraint customers_country_check check (country ~ '^[A-Z]{2}$'),
  registered_at timestamptz not null,
  revision      integer not null
);
create index customers_user_id_idx on customers (user_id, id);

create table addresses (
  customer_id uuid not null constraint addresses_pkey primary key constraint addresses_customer_id_fkey references customers (id),
  street      text not null,
  city        text not null,
  postal_code text not null,
  country     text not null constraint addresses_country_check check (country ~ '^[A-Z]{2}$')
);
