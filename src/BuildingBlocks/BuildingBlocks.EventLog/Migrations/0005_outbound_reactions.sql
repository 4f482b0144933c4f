-- Reactions that call out of the database. Their subscription is held by a lease and not by a lock, since no transaction stays open meanwhile.

alter table subscriptions
  add column lease_id     uuid,                         -- who calls out for this lane; null while nobody does
  add column leased_until timestamptz,                  -- from then on somebody else may take it over
  add column called       pg_snapshot;                  -- outbound only: the checkpoint as the calls left it; another checkpoint was set by hand

-- Calls that were begun and lie beyond the checkpoint: who goes on after a kill knows which of them ended.
create table outbound_calls (
  subscription text not null,
  source       text not null,
  event_id     uuid not null,
  attempts     integer not null,
  began_at     timestamptz not null,
  ended_at     timestamptz,                             -- called, or parked
  primary key (subscription, source, event_id)
);

-- A parked event that is being called out for is left alone until then.
alter table parked_events add column trying_until timestamptz;
