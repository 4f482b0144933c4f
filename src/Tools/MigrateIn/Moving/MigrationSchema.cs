namespace MigrateIn.Moving;

/// <summary>Schema migrate_in, in which the state of a migration stands beside what is migrated.</summary>
internal static class MigrationSchema
{
    public const string IsThere = "select to_regproc('migrate_in.capture') is not null";

    /// <summary>Until the transaction ends, so that two tools do not make the schema at once.</summary>
    public const string TakeTurn = "select pg_advisory_xact_lock(hashtextextended('migrate_in', 0))";

    /// <summary>
    /// The trigger's function has its owner's rights, so that the application's roles need none, and writes keys only:
    /// whatever a mapping could refuse would be refused in the application's own statement.
    /// </summary>
    public const string Create = """
        create schema if not exists migrate_in;
        create table migrate_in.tables (
          name text primary key, target_schema text not null, target_name text not null,
          stage text not null check (stage in ('capture', 'copy', 'follow')),
          checkpoint pg_snapshot, copied_to jsonb, copied_rows bigint not null default 0);
        create table migrate_in.changes (
          position bigint generated always as identity primary key,
          tx_id xid8 not null default pg_current_xact_id(),
          tab text not null, key jsonb not null);
        create index changes_tab_tx_id_idx on migrate_in.changes (tab, tx_id);
        create function migrate_in.capture() returns trigger language plpgsql security definer
          set search_path = pg_catalog as $capture$
        declare
          old_key jsonb;
          new_key jsonb;
        begin
          if tg_op = 'TRUNCATE' then
            insert into migrate_in.changes (tab, key) values (tg_argv[0], '{}');
            return null;
          end if;
          if tg_op <> 'INSERT' then
            select jsonb_object_agg(k, to_jsonb(old) -> k) into old_key from unnest(tg_argv[1:]) k;
            insert into migrate_in.changes (tab, key) values (tg_argv[0], old_key);
          end if;
          if tg_op <> 'DELETE' then
            select jsonb_object_agg(k, to_jsonb(new) -> k) into new_key from unnest(tg_argv[1:]) k;
            if new_key is distinct from old_key then
              insert into migrate_in.changes (tab, key) values (tg_argv[0], new_key);
            end if;
          end if;
          return null;
        end $capture$;
        revoke all on function migrate_in.capture() from public;
        """;
}
