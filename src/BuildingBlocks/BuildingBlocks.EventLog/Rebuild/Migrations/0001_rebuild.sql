-- A projection is rebuilt in tables of the same names that stand in a second schema of the same owner, <module>_rebuild. The app role fills
-- them but owns nothing, so emptying and swapping them are two functions of the owner: all the structure it may ever change.

create function clear_rebuild() returns void language plpgsql security definer as $$
declare
  tables text;
begin
  select string_agg(format('%I.%I', schemaname, tablename), ', ') into tables from pg_tables where schemaname = current_schema() || '_rebuild';
  if tables is not null then
    execute 'truncate ' || tables || ' restart identity';
  end if;
end $$;

create function swap_rebuild() returns void language plpgsql security definer as $$
declare
  live    constant text := current_schema();
  rebuilt constant text := live || '_rebuild';
  tables  constant text[] := array(select tablename::text from pg_tables where schemaname = rebuilt order by tablename);
  ids     oid[];
  names   text[];
  piece   text;
begin
  -- All in one order, before anything moves.
  foreach piece in array tables loop
    execute format('lock table %I.%I in access exclusive mode', live, piece);
  end loop;

  -- Indexes and sequences share one space of names with tables.
  select array_agg(c.oid order by c.oid), array_agg(c.relname::text order by c.oid) into ids, names
  from pg_class c
  where c.relnamespace = live::regnamespace
    and (c.relname = any (tables)
      or c.oid in (select i.indexrelid from pg_index i join pg_class t on t.oid = i.indrelid where t.relnamespace = live::regnamespace and t.relname = any (tables))
      or c.oid in (select d.objid from pg_depend d join pg_class t on t.oid = d.refobjid
                   where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
                     and t.relnamespace = live::regnamespace and t.relname = any (tables)));

  -- The live ones step aside under names that nobody else has, the rebuilt ones take their place, the former ones take the other's.
  for i in 1 .. cardinality(ids) loop
    execute format('alter table %s rename to %I', ids[i]::regclass, 'aside_' || ids[i]);
  end loop;
  for i in 1 .. cardinality(ids) loop
    if names[i] = any (tables) then
      execute format('alter table %s set schema %I', ids[i]::regclass, rebuilt);
    end if;
  end loop;
  foreach piece in array tables loop
    execute format('alter table %I.%I set schema %I', rebuilt, piece, live);
  end loop;
  for i in 1 .. cardinality(ids) loop
    execute format('alter table %s rename to %I', ids[i]::regclass, names[i]);
  end loop;
end $$;

revoke all on function clear_rebuild(), swap_rebuild() from public;

-- Whoever calls them, they work on the schema they were made in.
do $$ begin
  execute format('alter function clear_rebuild() set search_path = %I, pg_temp', current_schema());
  execute format('alter function swap_rebuild() set search_path = %I, pg_temp', current_schema());
end $$;
