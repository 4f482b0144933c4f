-- One row an order. Every source writes its own columns only, so its events may come before or after those of the others.
create table order_search (
  order_id         uuid not null constraint order_search_pkey primary key,
  customer_id      uuid,
  customer_user_id uuid,
  customer_name    text,
  country          text,
  currency         text,
  total_minor      bigint,
  skus             text[] not null default '{}',
  items            jsonb not null default '[]',
  -- No stemming and no stop words: product names are of many languages, and full of codes and sizes.
  words            tsvector not null generated always as (
    jsonb_to_tsvector('simple', jsonb_path_query_array(items, '$[*].productName'), '["string"]')) stored,
  placed_at        timestamp with time zone,
  confirmed_at     timestamp with time zone,
  cancelled_at     timestamp with time zone,
  shipped_at       timestamp with time zone,
  delivered_at     timestamp with time zone,
  status           text not null generated always as (
    case
      when cancelled_at is not null then 'cancelled'
      when delivered_at is not null then 'delivered'
      when shipped_at is not null then 'shipped'
      when confirmed_at is not null then 'confirmed'
      else 'placed'
    end) stored
);

-- A page is a stretch of one of these, read backwards; placed_at is the order of all searches but those with confirmedSince.
create index order_search_placed_at_idx on order_search (placed_at, order_id);
create index order_search_confirmed_at_idx on order_search (confirmed_at, order_id);
create index order_search_country_placed_at_idx on order_search (country, placed_at, order_id);
create index order_search_country_confirmed_at_idx on order_search (country, confirmed_at, order_id);
create index order_search_status_placed_at_idx on order_search (status, placed_at, order_id);
create index order_search_customer_user_id_placed_at_idx on order_search (customer_user_id, placed_at, order_id);
create index order_search_customer_id_idx on order_search (customer_id);

-- Every search reads all of the pending list, so it is kept short; without one, writing would cost four times as much.
create index order_search_skus_idx on order_search using gin (skus) with (gin_pending_list_limit = 256);
create index order_search_words_idx on order_search using gin (words) with (gin_pending_list_limit = 256);

-- A copy of what Customers owns, for orders that are heard of later than their customer.
create table customers (
  id      uuid not null constraint customers_pkey primary key,
  user_id uuid,
  name    text,
  country text
);
