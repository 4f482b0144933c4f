-- Operators also change what cannot be applied as it is, and act on many parked events at once.
alter table parked_event_actions drop constraint parked_event_actions_action_check;
alter table parked_event_actions add constraint parked_event_actions_action_check check (action in ('retry', 'edit', 'discard'));
create index on parked_event_actions (event_id);
