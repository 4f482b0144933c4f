comment on table notes is 'Notes have colours.';
alter table notes add column colour text;
