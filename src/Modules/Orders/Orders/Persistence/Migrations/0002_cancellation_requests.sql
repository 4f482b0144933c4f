alter table orders add column cancellation_requested_at timestamp with time zone;
