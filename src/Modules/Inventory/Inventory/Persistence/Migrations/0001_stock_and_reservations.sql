create table warehouses (
  code text not null constraint warehouses_pkey primary key constraint warehouses_code_check check (code ~ '^[A-Z0-9-]{1,20}$')
);
insert into warehouses (code) values ('MAIN');

create table stock_levels (
  sku        text collate "C" not null,         -- "C": locks are taken in the same order on every server
  warehouse  text not null constraint stock_levels_warehouse_fkey references warehouses (code),
  on_hand    integer not null constraint stock_levels_on_hand_check check (on_hand >= 0),
  -- May exceed on_hand: a count can find fewer than were promised.
  reserved   integer not null constraint stock_levels_reserved_check check (reserved >= 0),
  counted_at timestamptz,
  constraint stock_levels_pkey primary key (sku, warehouse)
);

create table reservations (
  order_id    uuid not null constraint reservations_pkey primary key,
  status      text not null constraint reservations_status_check check (status in ('reserved', 'released')),
  created_at  timestamptz not null,
  released_at timestamptz,
  constraint reservations_released_at_check check ((status = 'released') = (released_at is not null))
);

create table reservation_lines (
  order_id  uuid not null constraint reservation_lines_order_id_fkey references reservations (order_id),
  sku       text collate "C" not null,
  warehouse text not null,
  quantity  integer not null constraint reservation_lines_quantity_check check (quantity > 0),
  constraint reservation_lines_pkey primary key (order_id, sku, warehouse),
  constraint reservation_lines_sku_fkey foreign key (sku, warehouse) references stock_levels (sku, warehouse)
);
