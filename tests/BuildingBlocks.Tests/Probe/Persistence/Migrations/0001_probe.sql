create table notes (
  id    uuid primary key,
  title text not null,
  times integer not null,
  constraint notes_title_key unique (title)
);

create table effects (
  id             bigint generated always as identity primary key,
  event_id       uuid not null,
  key            text not null,
  text           text not null,
  correlation_id text not null,
  causation_id   text,
  trace_parent   text
);

create table trips (
  id     uuid primary key,
  status text not null
);
