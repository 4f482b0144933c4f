using Npgsql;

namespace Reliability.Checking;

/// <summary>
/// Has the database itself write down every move of every subscription and everything that is parked and leaves, in the
/// very transactions that do it: what is committed is in the audit, what was rolled back is not, whatever is killed.
/// Its rows are numbered while the subscription's row is locked, so their order is the order of the commits.
/// </summary>
internal static class Audit
{
    private const string Tables = """
        create schema reliability;
        create table reliability.moves (
          seq bigint generated always as identity primary key, consumer text not null, name text not null, source text not null, lane smallint not null,
          old_lanes smallint, old_checkpoint text, old_target text, old_position bigint, lanes smallint, checkpoint text, target text, position bigint);
        create table reliability.parkings (
          seq bigint not null default nextval(pg_get_serial_sequence('reliability.moves', 'seq')), consumer text not null, name text not null,
          source text not null, position bigint not null, what text not null, attempts integer not null, error text);

        create function reliability.note_move() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
        begin
          insert into reliability.moves (consumer, name, source, lane, old_lanes, old_checkpoint, old_target, old_position, lanes, checkpoint, target, position)
          values (tg_table_schema, coalesce(new.name, old.name), coalesce(new.source, old.source), coalesce(new.lane, old.lane),
            old.lanes, old.checkpoint::text, old.target::text, old.position, new.lanes, new.checkpoint::text, new.target::text, new.position);
          return null;
        end $$;

        create function reliability.note_parking() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
        begin
          if tg_op = 'INSERT' then
            insert into reliability.parkings (consumer, name, source, position, what, attempts, error)
            values (tg_table_schema, new.subscription, new.source, new.position, 'parked', new.attempts, new.error);
          else
            insert into reliability.parkings (consumer, name, source, position, what, attempts, error)
            values (tg_table_schema, old.subscription, old.source, old.position, 'left', old.attempts, old.error);
          end if;
          return null;
        end $$;
        """;

    public static async Task InstallAsync(NpgsqlConnection administrator, IEnumerable<string> modules)
    {
        await using (NpgsqlCommand tables = new(Tables, administrator))
        {
            await tables.ExecuteNonQueryAsync();
        }

        foreach (var module in modules)
        {
            await using NpgsqlCommand triggers = new(
                $"""
                create trigger note_new after insert or delete on {module}.subscriptions for each row execute function reliability.note_move();
                create trigger note_move after update on {module}.subscriptions for each row
                  when (old.checkpoint::text is distinct from new.checkpoint::text or old.target::text is distinct from new.target::text or old.position <> new.position or old.lanes <> new.lanes)
                  execute function reliability.note_move();
                create trigger note_parking after insert or delete on {module}.parked_events for each row execute function reliability.note_parking();
                """,
                administrator
            );
            await triggers.ExecuteNonQueryAsync();
        }
    }
}
