-- The event log and the sagas of one module; runs in the module's own schema, as its owner.

create table outbox (
  position       bigint generated always as identity primary key,
  tx_id          xid8 not null default pg_current_xact_id(),
  event_id       uuid not null unique,
  event_type     text not null,
  event_version  smallint not null,
  key            text not null,
  payload        jsonb not null,
  correlation_id text not null,
  causation_id   text,
  trace_parent   text,
  occurred_at    timestamptz not null default clock_timestamp()
);
create index on outbox (tx_id);

create table subscriptions (
  name       text not null,
  source     text not null,
  lane       smallint not null,
  checkpoint pg_snapshot not null,               -- everything visible in it has been applied
  target     pg_snapshot,                        -- set while a step from checkpoint to target is unfinished
  position   bigint not null default 0,          -- what of that step has been applied, up to and including
  updated_at timestamptz not null default clock_timestamp(),
  primary key (name, source, lane)
);

create table parked_events (
  id             bigint generated always as identity primary key,
  subscription   text not null,
  source         text not null,
  lane           smallint not null,
  position       bigint not null,
  event_id       uuid not null,
  event_type     text not null,
  event_version  smallint not null,
  key            text not null,
  payload        jsonb not null,
  correlation_id text not null,
  causation_id   text,
  trace_parent   text,
  occurred_at    timestamptz not null,
  status         text not null check (status in ('waiting', 'dead')),
  attempts       integer not null,               -- 0: never tried, it only waits behind another of its key
  error          text,
  next_try_at    timestamptz not null,
  parked_at      timestamptz not null,
  unique (subscription, source, position)
);
create index on parked_events (subscription, source, key, position);
create index on parked_events (next_try_at) where status = 'waiting';

create table parked_event_actions (
  id           bigint generated always as identity primary key,
  event_id     uuid not null,
  subscription text not null,
  source       text not null,
  action       text not null check (action in ('retry', 'discard')),
  reason       text,
  acted_by     text not null,
  acted_at     timestamptz not null,
  event        jsonb not null                    -- the parked row as it was
);

create table scheduled_events (
  event_id       uuid primary key,
  due_at         timestamptz not null,
  event_type     text not null,
  event_version  smallint not null,
  key            text not null,
  payload        jsonb not null,
  correlation_id text not null,
  causation_id   text,
  trace_parent   text
);
create index on scheduled_events (due_at);

create table sagas (
  saga       text not null,
  id         uuid not null,
  status     text not null check (status in ('running', 'compensating', 'completed', 'failed')),
  step       integer not null,
  reason     text,
  started_at timestamptz not null,
  ended_at   timestamptz,
  primary key (saga, id)
);

create table saga_history (
  position bigint generated always as identity primary key,
  saga     text not null,
  id       uuid not null,
  step     text,
  what     text not null,
  detail   text,
  event_id uuid,
  at       timestamptz not null
);
create index on saga_history (saga, id, position);
