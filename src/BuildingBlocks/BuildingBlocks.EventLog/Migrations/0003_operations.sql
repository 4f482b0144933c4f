-- What operators do to subscriptions, and how long history is kept.

alter table subscriptions
  add column lanes        smallint not null default 1 check (lanes between 1 and 16),   -- keys are spread over this many rows
  add column barrier      pg_snapshot,                  -- while their number changes, no lane goes beyond this
  add column next_lanes   smallint,                     -- what it changes to, once all lanes have come to the barrier
  add column paused_at    timestamptz,                  -- nothing is applied and nothing retried while this is set
  add column paused_by    text,
  add column pause_reason text;

-- Who reads this outbox and how far each has come, as last reported: what one of them has yet to read is kept. Consumers may run in other Hosts.
create table outbox_consumers (
  name        text primary key,
  checkpoints pg_snapshot[] not null,                   -- one a lane
  reported_at timestamptz not null default clock_timestamp()
);

-- What of the history is no longer there.
create table outbox_retention (
  only_row      boolean primary key default true check (only_row),
  pruned_before timestamptz not null,                   -- whoever starts from the beginning misses events from before
  events        bigint not null,
  pruned_at     timestamptz not null
);

-- The app role can add to the outbox only; what has been applied everywhere and is older than the replay window goes through here. It looks at
-- the first rows only, so that it ends soon however long the history is and whatever holds it back.
create function prune_outbox(before timestamptz, most integer) returns integer language plpgsql security definer as $$
declare
  pruned integer;
  newest timestamptz;
begin
  with head as materialized (select position, tx_id, occurred_at from outbox order by position limit most),
       gone as (
         delete from outbox using head
         where outbox.position = head.position and head.occurred_at < before and not exists (
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
