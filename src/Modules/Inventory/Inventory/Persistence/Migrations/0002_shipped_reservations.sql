alter table reservations
  add column shipped_at timestamptz,
  drop constraint reservations_status_check,
  add constraint reservations_status_check check (status in ('reserved', 'released', 'shipped')),
  add constraint reservations_shipped_at_check check ((status = 'shipped') = (shipped_at is not null));
