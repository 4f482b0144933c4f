using System.Globalization;
using static BuildingBlocks.Database.Provisioning.Identifier;

namespace BuildingBlocks.Database.Provisioning;

/// <summary>
/// All that provisioning sees to in one database, in order: carried out, shown or written down from this one list.
/// </summary>
/// <param name="database">Its name.</param>
/// <param name="prefix">The installation's prefix of role names.</param>
/// <param name="modules">Their names.</param>
/// <param name="projections">Those of them that get a second schema, to rebuild in.</param>
/// <param name="shadows">The names of modules that run elsewhere and whose events a feed brings here.</param>
/// <param name="verifierOf">What the server is to store instead of a role's password.</param>
internal sealed class ProvisioningPlan(
    string database,
    string prefix,
    IReadOnlyCollection<string> modules,
    IReadOnlySet<string> projections,
    IReadOnlyCollection<string> shadows,
    Func<string, string> verifierOf
)
{
    private const string AppTimeout = "statement_timeout=30s";
    private const string OwnerTimeout = "lock_timeout=1min";

    /// <summary>The steps that take no password with them.</summary>
    public IEnumerable<ProvisioningStep> Steps()
    {
        yield return new(
            "exists (select from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a where datname "
                + $"= {Literal(database)} and a.grantee = 0)",
            $"revoke all on database {Quote(database)} from public"
        )
        {
            InNewDatabase = true,
        };
        yield return new(
            "exists (select from pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a where "
                + "nspname = 'public' and a.grantee = 0)",
            "revoke all on schema public from public"
        )
        {
            InNewDatabase = true,
        };
        var all = modules.Select(module => ModuleRoles.Of(prefix, module)).ToArray();
        var reference = ModuleRoles.Of(prefix, ReferenceSchema.Name);
        IEnumerable<ProvisioningStep> steps =
        [
            .. all.SelectMany(OfModule),
            .. shadows.Select(module => ModuleRoles.Of(prefix, module)).SelectMany(OfShadow),
            .. Role(reference.Owner, reference.Schema, ModuleRoles.OwnerConnections, OwnerTimeout),
            .. Schema(reference.Schema, reference.Owner, [.. all.Select(roles => roles.App)]),
        ];
        foreach (var step in steps)
        {
            yield return step;
        }
    }

    /// <summary>All roles that the plan makes.</summary>
    public IEnumerable<string> Roles() =>
        modules
            .SelectMany(module => new[] { ModuleRoles.Of(prefix, module).App, ModuleRoles.Of(prefix, module).Owner })
            .Concat(
                shadows
                    .Select(module => ModuleRoles.Of(prefix, module))
                    .SelectMany(roles => new[] { roles.App, roles.Feed, roles.Owner })
            )
            .Append(ModuleRoles.Of(prefix, ReferenceSchema.Name).Owner);

    /// <summary>Sets the password of a role that exists.</summary>
    public static ProvisioningStep Password(string role, string verifier) =>
        new("true", $"alter role {Quote(role)} password {Literal(verifier)}")
        {
            Shown = $"alter role {Quote(role)} password '...'",
        };

    private IEnumerable<ProvisioningStep> OfModule(ModuleRoles roles) =>
        [
            .. Role(roles.App, roles.Schema, ModuleRoles.AppConnections, AppTimeout),
            .. Role(roles.Owner, roles.Schema, ModuleRoles.OwnerConnections, OwnerTimeout),
            .. Schema(roles.Schema, roles.Owner, [roles.App]),
            .. projections.Contains(roles.Schema) ? Schema(roles.RebuildSchema, roles.Owner, [roles.App]) : [],
        ];

    private IEnumerable<ProvisioningStep> OfShadow(ModuleRoles roles) =>
        [
            .. Role(roles.App, roles.Schema, ModuleRoles.AppConnections, AppTimeout),
            .. Role(roles.Feed, roles.Schema, ModuleRoles.FeedConnections, AppTimeout),
            .. Role(roles.Owner, roles.Schema, ModuleRoles.OwnerConnections, OwnerTimeout),
            .. Schema(roles.Schema, roles.Owner, [roles.App, roles.Feed]),
        ];

    private IEnumerable<ProvisioningStep> Role(string role, string schema, int limit, string timeout)
    {
        var (name, quoted) = (Literal(role), Quote(role));
        var connections = limit.ToString(CultureInfo.InvariantCulture);
        var create =
            $"create role {quoted} login nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls "
            + $"connection limit {connections} password ";
        yield return new(
            $"not exists (select from pg_roles where rolname = {name})",
            create + Literal(verifierOf(role))
        )
        {
            Shown = create + "'...'",
        };

        // Only a superuser may even mention these, so they are mentioned only where they are wrong.
        yield return new(
            $"exists (select from pg_roles where rolname = {name} and (rolsuper or rolreplication or rolbypassrls))",
            $"alter role {quoted} nosuperuser noreplication nobypassrls"
        );
        yield return new(
            $"exists (select from pg_roles where rolname = {name} and (rolcreatedb or rolcreaterole or rolinherit or "
                + $"not rolcanlogin or rolconnlimit <> {connections} or rolvaliduntil <> 'infinity'))",
            $"alter role {quoted} login nocreatedb nocreaterole noinherit connection limit {connections} valid until "
                + "'infinity'"
        );
        yield return new(
            $"""
            not exists (select from pg_database d cross join lateral aclexplode(d.datacl) a join pg_roles r on r.oid = a.grantee
              where d.datname = {Literal(database)} and r.rolname = {name} and a.privilege_type = 'CONNECT')
            """,
            $"grant connect on database {Quote(database)} to {quoted}"
        )
        {
            InNewDatabase = true,
        };
        yield return Settings(role, schema, timeout);
    }

    private ProvisioningStep Settings(string role, string schema, string timeout)
    {
        string[] expected = ["idle_in_transaction_session_timeout=60s", timeout, $"search_path={schema}"];
        var target = $"alter role {Quote(role)} in database {Quote(database)}";
        return new(
            $"""
            exists (select from pg_db_role_setting s join pg_roles r on r.oid = s.setrole where s.setdatabase = 0 and r.rolname = {Literal(
                role
            )})
              or (select array_agg(replace(e, '"', '') order by e collate "C") from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase join pg_roles r on r.oid = s.setrole
                  cross join unnest(s.setconfig) e where d.datname = {Literal(database)} and r.rolname = {Literal(
                role
            )})
                is distinct from array[{string.Join(", ", expected.Order(StringComparer.Ordinal).Select(Literal))}]
            """,
            string.Join(
                ";\n",
                [
                    $"alter role {Quote(role)} reset all",
                    $"{target} reset all",
                    .. expected
                        .Select(setting => setting.Split('='))
                        .Select(setting =>
                            $"{target} set {setting[0]} = "
                            + $"{(setting[0] is "search_path" ? Quote(schema) : Literal(setting[1]))}"
                        ),
                ]
            )
        )
        {
            InNewDatabase = true,
        };
    }

    private static IEnumerable<ProvisioningStep> Schema(string name, string owner, IReadOnlyList<string> users)
    {
        var (literal, quoted) = (Literal(name), Quote(name));
        yield return new(
            $"not exists (select from pg_namespace where nspname = {literal})",
            $"create schema {quoted} authorization {Quote(owner)}"
        )
        {
            InNewDatabase = true,
            ActsAs = owner,
        };
        yield return new(
            $"exists (select from pg_namespace join pg_roles r on r.oid = nspowner where nspname = {literal} and "
                + $"r.rolname <> {Literal(owner)})",
            $"alter schema {quoted} owner to {Quote(owner)}"
        )
        {
            InNewDatabase = false,
            ActsAs = owner,
        };
        yield return new(
            $"exists (select from pg_namespace, aclexplode(nspacl) a where nspname = {literal} and a.grantee = 0)",
            $"revoke all on schema {quoted} from public"
        )
        {
            InNewDatabase = false,
            ActsAs = owner,
        };
        foreach (var user in users)
        {
            yield return new(
                $"""
                not exists (select from pg_namespace n cross join lateral aclexplode(n.nspacl) a join pg_roles r on r.oid = a.grantee
                  where n.nspname = {literal} and r.rolname = {Literal(user)} and a.privilege_type = 'USAGE')
                """,
                $"grant usage on schema {quoted} to {Quote(user)}"
            )
            {
                InNewDatabase = true,
                ActsAs = owner,
            };
        }
    }
}
