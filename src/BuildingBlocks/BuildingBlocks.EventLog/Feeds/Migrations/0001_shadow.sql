-- The shadow of a module that runs elsewhere: its outbox, filled by a feed. Runs in a schema of the module's name, as its owner.

create table outbox (
  position       bigint primary key,                    -- as in the module's own outbox
  tx_id          xid8 not null default pg_current_xact_id(),   -- of this cluster: readers see the same as of any outbox
  event_id       uuid not null unique,
  event_type     text not null,
  event_version  smallint not null,
  key            text not null,
  payload        jsonb,                                 -- null where nobody here reacts to the type
  correlation_id text not null,
  causation_id   text,
  trace_parent   text,
  occurred_at    timestamptz not null,
  source_tx_id   xid8 not null,                         -- of the module's own cluster
  seq            bigint unique                          -- in the order of the feed; null when the module has lost the event
);
create index on outbox (tx_id);

-- How far the feed has been appended. Whoever appends holds this row.
create table feed_in (
  only_row boolean primary key default true check (only_row),
  epoch    uuid,                                        -- of the feed that was appended; null before the first page
  next_seq bigint not null default 1,
  types    text[] not null default '{}',                -- those whose payloads are here
  as_of    timestamptz                                  -- what the module had committed by then is here
);
insert into feed_in default values;

create table outbox_consumers (
  name        text primary key,
  checkpoints pg_snapshot[] not null,
  reported_at timestamptz not null default clock_timestamp()
);

create table outbox_retention (
  only_row      boolean primary key default true check (only_row),
  pruned_before timestamptz not null,
  events        bigint not null,
  pruned_at     timestamptz not null
);

create function prune_outbox(before timestamptz, most integer) returns integer language plpgsql security definer as $$
declare
  pruned integer;
  newest timestamptz;
begin
  -- The newest row stays: the feed says by it where it stands.
  with head as materialized (select position, tx_id, occurred_at from outbox order by position limit most),
       gone as (
         delete from outbox using head
         where outbox.position = head.position and head.occurred_at < before and outbox.seq is distinct from (select next_seq - 1 from feed_in) and not exists (
           select 1 from outbox_consumers cross join unnest(checkpoints) checkpoint where not pg_visible_in_snapshot(head.tx_id, checkpoint))
         returning outbox.occurred_at)
  select count(*), max(occurred_at) into pruned, newest from gone;
  if pruned > 0 then
    insert into outbox_retention (pruned_before, events, pruned_at) values (newest, pruned, clock_timestamp())
    on conflict (only_row) do update set
      pruned_before = greatest(outbox_retention.pruned_before, excluded.pruned_before), events = outbox_retention.events + excluded.events, pruned_at = excluded.pruned_at;
  end if;
  return pruned;
end $$;

revoke all on function prune_outbox(timestamptz, integer) from public;

-- Whoever calls it, it works on the schema it was made in.
do $$ begin
  execute format('alter function prune_outbox(timestamptz, integer) set search_path = %I, pg_temp', current_schema());
end $$;
