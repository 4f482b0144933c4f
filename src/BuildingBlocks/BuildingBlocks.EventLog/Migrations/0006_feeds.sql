-- The outbox in one agreed order, for those who read it from elsewhere. Empty while nobody does.

-- How far the order has been settled. The epoch is another one once the log was restored: what had been settled since may be in another order.
create table feed (
  only_row   boolean primary key default true check (only_row),
  epoch      uuid not null default gen_random_uuid(),
  checkpoint pg_snapshot not null default '1:1:',        -- as of a subscription
  target     pg_snapshot,
  position   bigint not null default 0,
  next_seq   bigint not null default 1
);

-- A page is what lies between two positions and is visible in target but not in checkpoint, by position: the same whenever it is read.
create table feed_pages (
  first_seq      bigint primary key,
  events         integer not null check (events > 0),
  checkpoint     pg_snapshot not null,
  target         pg_snapshot not null,
  after_position bigint not null,
  last_position  bigint not null
);

-- Who reads the feed and how far each has come, as last asked for.
create table feed_readers (
  name      text primary key,
  after_seq bigint not null,
  read_at   timestamptz not null default clock_timestamp()
);
