create table categories (
  name        text not null constraint categories_pkey primary key,
  description text
);
-- Importers spell the same category in several ways.
create unique index categories_name_key on categories (lower(name));

create table products (
  sku          text collate "C" not null constraint products_pkey primary key,  -- "C": pages are cut in the same order on every server
  name         text not null,
  category     text not null constraint products_category_fkey references categories (name),
  price_minor  bigint not null constraint products_price_minor_check check (price_minor between 0 and 1000000000000),
  currency     text not null constraint products_currency_check check (currency ~ '^[A-Z]{3}$'),
  discontinued boolean not null
);
create index products_category_idx on products (category, sku);
