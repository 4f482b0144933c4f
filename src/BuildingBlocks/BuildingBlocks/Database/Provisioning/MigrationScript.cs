using System.Text;
using BuildingBlocks.EventLog.Migrations;
using static BuildingBlocks.Database.Provisioning.Identifier;

namespace BuildingBlocks.Database.Provisioning;

/// <summary>
/// Migrations as a file for psql, run by whoever may act as the owners: applies what is pending, each in a transaction
/// of its own.
/// </summary>
internal static class MigrationScript
{
    public static string Of(IEnumerable<SchemaMigrations> schemas)
    {
        StringBuilder script = new();
        script.Append(
            "-- Brings the schemas up to date. As a superuser, or as an owner role: then only that owner's schema is "
                + "migrated, and the others are named.\n"
        );
        script.Append("-- Connect to the database of the modules.\n").Append(ProvisioningScript.Head);
        foreach (var schema in schemas)
        {
            script.Append(
                $"""

                select pg_has_role(current_user, {Literal(schema.Owner)}, 'member') as may_migrate \gset
                \if :may_migrate

                """
            );
            foreach (var migration in schema.All)
            {
                script.Append(Apply(schema, migration));
            }

            script.Append(
                $"""
                {Begin(schema)}
                {schema.Grants}
                commit;
                \else
                \warn '{schema.Name}: not migrated, for this needs {schema.Owner} or a superuser'
                \endif

                """
            );
        }

        return script.ToString();
    }

    private static string Apply(SchemaMigrations schema, Migration migration)
    {
        var (origin, name, checksum) = (
            Literal(migration.Origin),
            Literal(migration.Name),
            Literal(migration.Checksum)
        );
        return $"""
            {Begin(schema)}
            {MigrationHistory.Create};
            do $mm$ begin
              if exists (select from migrations where origin = {origin} and name = {name} and checksum <> {checksum}) then
                raise exception '%', {Literal(MigrationHistory.Changed(schema.Whose, migration))};
              end if;
            end $mm$;
            select not exists (select from migrations where origin = {origin} and name = {name}) as is_pending \gset
            \if :is_pending
            set local search_path = {Quote(schema.SchemaOf(migration))};
            {migration.Sql.TrimEnd()}
            ;
            set local search_path = {Quote(schema.Name)};
            insert into migrations (origin, name, checksum) values ({origin}, {name}, {checksum});
            {schema.Grants}
            \echo '{schema.Name}: {migration.Name}'
            \endif
            commit;

            """;
    }

    private static string Begin(SchemaMigrations schema) =>
        $"""
            begin;
            set local role {Quote(schema.Owner)};
            set local search_path = {Quote(schema.Name)};
            set local lock_timeout = '1min';
            do $mm$ begin perform pg_advisory_xact_lock({schema.LockKey}); end $mm$;
            """;
}
