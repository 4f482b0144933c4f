using System.Globalization;
using System.Text;
using static BuildingBlocks.Database.Provisioning.Identifier;

namespace BuildingBlocks.Database.Provisioning;

/// <summary>
/// Provisioning as a file for psql: does what is still to be done, as often as it is run, for who gives no program an
/// administrator's password.
/// </summary>
internal static class ProvisioningScript
{
    public const string Head = """
        -- Run it with psql; it stops at the first error, and does nothing that is done already.
        \set ON_ERROR_STOP on
        \set QUIET on
        set client_min_messages = warning;

        """;

    public static string Of(
        string database,
        long provisioningLock,
        ProvisioningPlan plan,
        Func<string, string> verifierOf
    )
    {
        StringBuilder script = new();
        var key = provisioningLock.ToString(CultureInfo.InvariantCulture);
        script.Append(
            "-- Makes database, schemas and roles. As a superuser, or as a role that may create databases and roles, "
                + "from any database of the server.\n"
        );
        script.Append("-- Passwords stand here as what the server stores of them (SCRAM verifiers).\n").Append(Head);
        script.Append(
            $"""
            select format('create database %I encoding ''UTF8'' template template0', {Literal(database)})
            where not exists (select from pg_database where datname = {Literal(database)}) \gexec
            \connect {Quote(database)}
            set client_min_messages = warning;
            begin;
            do $mm$ begin perform pg_advisory_xact_lock({key}); end $mm$;

            """
        );
        foreach (
            var step in plan.Steps()
                .Concat(plan.Roles().Select(role => ProvisioningPlan.Password(role, verifierOf(role))))
        )
        {
            var body = step.ActsAs is { } owner ? Acting(owner, step.Sql) : $"  {step.Sql.ReplaceLineEndings("\n  ")};";
            script.Append(
                string.Equals(step.Needed, "true", StringComparison.Ordinal)
                    ? $"{step.Sql};\n"
                    : $"""
                    do $mm$ begin if {step.Needed} then
                    {body}
                    end if; end $mm$;

                    """
            );
        }

        return script.Append("commit;\n").ToString();
    }

    private static string Acting(string owner, string sql)
    {
        const string IsSuperuser = "(select rolsuper from pg_roles where rolname = current_user)";
        return $"""
              if not {IsSuperuser} then grant {Quote(owner)} to current_user; end if;
              {sql};
              if not {IsSuperuser} then revoke {Quote(owner)} from current_user; end if;
            """;
    }
}
