-- What had been committed by the source at this time has been applied, and none of it is parked; moves with the checkpoint.
alter table subscriptions add column as_of timestamptz;
