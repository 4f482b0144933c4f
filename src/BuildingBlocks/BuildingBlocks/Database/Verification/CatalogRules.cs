namespace BuildingBlocks.Database.Verification;

/// <summary>One look at the catalog.</summary>
/// <param name="Name">Stable and machine-readable.</param>
/// <param name="Sql">A select over <see cref="CatalogRules.Given"/> that answers an object and what is wrong with it,
/// as text, for each finding.</param>
/// <param name="Remedy">What to do about any of them.</param>
internal sealed record CatalogRule(string Name, string Sql, string Remedy);

/// <summary>What the catalog of a well-kept installation never shows.</summary>
internal static partial class CatalogRules
{
    private const string Provision = "Run 'database provision' again.";
    private const string Migrate = "Run 'database migrate' again, or take back what was changed by hand.";

    /// <summary>
    /// Precedes each rule: <c>wall</c> has a row for each schema with its module, owner, app role, whether it is a
    /// projection and, where it is the shadow of a module that runs elsewhere, the feed's role; <c>role</c> has our
    /// roles, <c>relation</c> everything in our schemas that has columns, <c>elsewhere</c> the modules of this
    /// installation that do not run in this Host.
    /// </summary>
    public static string Given { get; } =
        $$"""
            with wall as (
                   select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $7::text[]) as w(schema, module, owner, app, is_projection, feed)),
                 role as (
                   select owner as name, module, false as is_app, false as reads_reference, {{ModuleRoles.OwnerConnections}} as connections from wall
                   union select app, module, true, feed is null, {{ModuleRoles.AppConnections}} from wall where app is not null
                   union select feed, module, true, false, {{ModuleRoles.FeedConnections}} from wall where feed is not null),
                 relation as (
                   select c.oid, c.relname, c.relkind, c.relacl, c.relowner, c.relnamespace, n.nspname, w.* from pg_class c
                   join pg_namespace n on n.oid = c.relnamespace join wall w on w.schema = n.nspname where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')),
                 namespaces as (select n.oid, n.nspname, w.module from pg_namespace n join wall w on w.schema = n.nspname),
                 elsewhere as (
                   select nspname as schema, $6::text || '_' || nspname || '_app' as app from pg_namespace
                   where pg_get_userbyid(nspowner) = $6::text || '_' || nspname || '_owner' and nspname not in (select schema from wall)),
                 here as (select oid from pg_database where datname = current_database()),
                 mention as (
                   select r.*, s.deptype, s.classid, s.objid, o.schema as object_schema, o.type || ' ' || o.identity as object
                   from pg_shdepend s join role r on r.name = pg_get_userbyid(s.refobjid) cross join lateral pg_identify_object(s.classid, s.objid, s.objsubid) o
                   where s.refclassid = 'pg_authid'::regclass and (s.dbid = 0 or s.dbid = (select oid from here)))

            """;

    private const string TableRights = """
        select format('%s.%s', nspname, relname), format('%s may %s it.', case when grantee = 0 then 'everybody (PUBLIC)' else pg_get_userbyid(grantee) end, string_agg(lower(privilege_type) || case when is_grantable then ' (and pass that on)' else '' end, ', ' order by privilege_type))
        from (
          select r.*, a.grantee, a.privilege_type, a.is_grantable from relation r, aclexplode(coalesce(r.relacl, acldefault(case r.relkind when 'S' then 's'::"char" else 'r'::"char" end, r.relowner))) a
          where a.grantee <> r.relowner
            and not coalesce(not a.is_grantable and a.grantee = to_regrole(quote_ident(r.app)) and r.relkind <> 'S' and (
                  a.privilege_type = 'SELECT'
                  or r.feed is not null and r.relname = 'outbox_consumers' and a.privilege_type in ('INSERT', 'UPDATE', 'DELETE')
                  or r.feed is null and r.relname = 'outbox' and a.privilege_type = 'INSERT'
                  or r.feed is null and r.relname not in ('outbox', 'migrations') and a.privilege_type in ('INSERT', 'UPDATE', 'DELETE')), false)
            and not coalesce(not a.is_grantable and a.grantee = to_regrole(quote_ident(r.feed)) and (
                  r.relname = 'outbox' and a.privilege_type in ('SELECT', 'INSERT', 'UPDATE')
                  or r.relname = 'feed_in' and a.privilege_type in ('SELECT', 'UPDATE')), false)
            and not (r.schema = 'reference' and not a.is_grantable and a.privilege_type = 'SELECT' and a.grantee in (
                  select to_regrole(quote_ident(name)) from role where reads_reference union all select to_regrole(quote_ident(app)) from elsewhere))
        ) excess group by nspname, relname, grantee
        """;

    /// <summary>In the order they are looked at: roles, database, schemas, objects.</summary>
    public static IReadOnlyList<CatalogRule> All => [.. Rights, .. Crossings, .. WaysAround];

    private static IReadOnlyList<CatalogRule> Rights { get; } =
    [
        new(
            "role-missing",
            "select name, 'The role does not exist.' from role where to_regrole(quote_ident(name)) is null",
            Provision
        ),
        new(
            "role-too-powerful",
            """
            select rolname::text, 'It is more than a role that signs in: ' || concat_ws(', ', case when rolsuper then 'superuser' end, case when rolcreatedb then 'may create databases' end,
              case when rolcreaterole then 'may create roles' end, case when rolreplication then 'may replicate' end, case when rolbypassrls then 'passes row security' end, case when rolinherit then 'inherits' end) || '.'
            from pg_roles join role on name = rolname where rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls or rolinherit
            """,
            Provision
        ),
        new(
            "role-membership",
            """
            select pg_get_userbyid(m.member)::text, format('It is a member of %s, whose rights it can take on.', pg_get_userbyid(m.roleid))
            from pg_auth_members m join pg_roles member on member.oid = m.member
            where pg_get_userbyid(m.member) in (select name from role)
               or pg_get_userbyid(m.roleid) in (select name from role) and not member.rolsuper
                 -- Whoever makes a role is given the right to hand it out since PostgreSQL 16, but not the role itself.
                 and not (member.rolcreaterole and not coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true) and not coalesce((to_jsonb(m) ->> 'set_option')::boolean, true))
            """,
            "Take the membership back: revoke <role> from <member>."
        ),
        new(
            "role-settings",
            """
            select name, format('Its %s in this database is %s instead of %s.', expected.setting, coalesce(found.value, 'not set'), expected.value)
            from role cross join lateral (
              select 'search_path' as setting, quote_ident(module) as value
              union all select 'idle_in_transaction_session_timeout', '60s'
              union all select case when is_app then 'statement_timeout' else 'lock_timeout' end, case when is_app then '30s' else '1min' end) expected
            left join lateral (
              select split_part(entry, '=', 2) as value from pg_db_role_setting s cross join unnest(s.setconfig) entry
              where s.setrole = to_regrole(quote_ident(name)) and s.setdatabase = (select oid from pg_database where datname = current_database())
                and split_part(entry, '=', 1) = expected.setting) found on true
            where to_regrole(quote_ident(name)) is not null
              and (found.value is null or replace(found.value, '"', '') <> replace(expected.value, '"', ''))
            union all
            select name, format('Its %s is set to %s%s, which provisioning does not do.', split_part(entry, '=', 1), split_part(entry, '=', 2), case when s.setdatabase = 0 then ' in every database' else '' end)
            from pg_db_role_setting s join role on s.setrole = to_regrole(quote_ident(name)) cross join unnest(s.setconfig) entry
            where s.setdatabase = 0
               or s.setdatabase = (select oid from here)
                 and split_part(entry, '=', 1) not in ('search_path', 'idle_in_transaction_session_timeout', case when is_app then 'statement_timeout' else 'lock_timeout' end)
            union all
            select format('database %s', current_database()), format('Its %s is set to %s for every role.', split_part(entry, '=', 1), split_part(entry, '=', 2))
            from pg_db_role_setting s cross join unnest(s.setconfig) entry
            where s.setrole = 0 and s.setdatabase in (0, (select oid from here))
              and split_part(entry, '=', 1) in ('search_path', 'role', 'session_authorization', 'row_security', 'local_preload_libraries', 'session_preload_libraries')
            union all
            select rolname::text, case when rolconnlimit < 0 then 'It has no limit of connections, so one module can use up the server.' else format('It may have %s connections instead of %s.', rolconnlimit, connections) end
            from pg_roles join role on name = rolname where rolconnlimit <> connections
            union all
            select rolname::text, 'It may not sign in.' from pg_roles join role on name = rolname where not rolcanlogin
            union all
            select rolname::text, format('Its password ends at %s.', rolvaliduntil) from pg_roles join role on name = rolname where rolvaliduntil <> 'infinity'
            """,
            Provision
        ),
        new(
            "database-open-to-all",
            """
            select format('database %s', datname), format('Everybody (PUBLIC) has %s.', string_agg(lower(a.privilege_type), ', ' order by a.privilege_type))
            from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a where datname = current_database() and a.grantee = 0 group by datname
            union all
            select format('schema %s', nspname), format('Everybody (PUBLIC) has %s.', string_agg(lower(a.privilege_type), ', ' order by a.privilege_type))
            from pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
            where a.grantee = 0 and (nspname = 'public' or nspname in (select schema from wall)) group by nspname
            """,
            Provision
        ),
        new(
            "database-rights",
            """
            select pg_get_userbyid(a.grantee)::text, format('It has %s on database %s.', string_agg(lower(a.privilege_type) || case when a.is_grantable then ' (and may pass that on)' else '' end, ', ' order by a.privilege_type), datname)
            from pg_database, aclexplode(datacl) a where datname = current_database() and pg_get_userbyid(a.grantee) in (select name from role) and (a.privilege_type <> 'CONNECT' or a.is_grantable)
            group by a.grantee, datname
            """,
            "Revoke it: a module's roles may only connect."
        ),
        new(
            "schema-missing",
            "select format('schema %s', schema), 'The schema does not exist.' from wall where "
                + "to_regnamespace(quote_ident(schema)) is null",
            Provision
        ),
        new(
            "schema-rights",
            """
            select format('schema %s', schema), format('It belongs to %s instead of %s.', pg_get_userbyid(nspowner), owner)
            from pg_namespace join wall on schema = nspname where pg_get_userbyid(nspowner) <> owner
            union all
            select format('schema %s', schema), format('%s has %s.', pg_get_userbyid(a.grantee), string_agg(lower(a.privilege_type) || case when a.is_grantable then ' (and may pass that on)' else '' end, ', ' order by a.privilege_type))
            from pg_namespace join wall on schema = nspname cross join lateral aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
            where a.grantee <> 0 and a.grantee <> nspowner
              and not (a.privilege_type = 'USAGE' and not a.is_grantable and (
                coalesce(pg_get_userbyid(a.grantee) = app, false) or coalesce(pg_get_userbyid(a.grantee) = feed, false)
                or schema = 'reference' and pg_get_userbyid(a.grantee) in (select name from role where reads_reference union all select elsewhere.app from elsewhere)))
            group by schema, a.grantee
            """,
            "Revoke it, or run 'database provision' again."
        ),
        new(
            "wrong-owner",
            """
            select format('%s.%s', nspname, relname), format('It belongs to %s instead of %s.', pg_get_userbyid(relowner), owner) from relation where pg_get_userbyid(relowner) <> owner
            union all
            select format('%s.%s()', schema, proname), format('It belongs to %s instead of %s.', pg_get_userbyid(proowner), owner)
            from pg_proc join pg_namespace n on n.oid = pronamespace join wall on schema = nspname where pg_get_userbyid(proowner) <> owner
            union all
            select format('type %s.%s', schema, typname), format('It belongs to %s instead of %s.', pg_get_userbyid(typowner), owner)
            from pg_type t join pg_namespace n on n.oid = t.typnamespace join wall on schema = nspname
            where pg_get_userbyid(typowner) <> owner and t.typelem = 0
              and (t.typtype <> 'c' or exists (select 1 from pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
            union all
            select regexp_replace(object, '^(table|view|materialized view|sequence|function) ', ''), format('%s owns it, but it lies outside of its schema.', name) from mention
            where deptype = 'o' and classid not in ('pg_largeobject'::regclass, 'pg_default_acl'::regclass)
              and coalesce(object_schema, '') not in (select schema from wall)
              and not (classid = 'pg_namespace'::regclass and objid in (select oid from namespaces))
            """,
            "Give it to the owner role of its schema: alter ... owner to <role>. What lies in the wrong place belongs "
                + "into a migration of its module."
        ),
        new(
            "table-rights",
            TableRights,
            "Revoke it. Rights on tables are given by 'database migrate' and by nothing else."
        ),
        new(
            "column-rights",
            """
            select format('%s.%s.%s', nspname, relname, attname), format('%s may %s this column.', case when a.grantee = 0 then 'everybody (PUBLIC)' else pg_get_userbyid(a.grantee) end, lower(a.privilege_type))
            from relation join pg_attribute on attrelid = relation.oid cross join lateral aclexplode(attacl) a where attacl is not null and a.grantee <> relowner
            """,
            "Revoke it. Rights are given on whole tables, by 'database migrate' and by nothing else."
        ),
        new(
            "function-rights",
            """
            select format('%s.%s()', schema, proname), format('%s may call it%s.', pg_get_userbyid(a.grantee), case when a.is_grantable then ', and let others call it' else '' end)
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace join wall on schema = nspname cross join lateral aclexplode(p.proacl) a
            where a.grantee not in (0, p.proowner) and (a.is_grantable or coalesce(a.grantee <> to_regrole(quote_ident(app)), true))
            union all
            select format('type %s.%s', schema, typname), format('%s may use it.', pg_get_userbyid(a.grantee))
            from pg_type t join pg_namespace n on n.oid = t.typnamespace join wall on schema = nspname cross join lateral aclexplode(t.typacl) a
            where a.grantee not in (0, t.typowner) and (a.is_grantable or coalesce(a.grantee <> to_regrole(quote_ident(app)), true))
            """,
            "Revoke it. What a schema offers is for its own app role."
        ),
        new(
            "rights-elsewhere",
            """
            select name, format('It has rights on %s, which lies outside of its schema.', object) from mention
            where deptype = 'a' and classid not in ('pg_database'::regclass, 'pg_default_acl'::regclass)
              and coalesce(object_schema, '') not in (select schema from wall)
              and not (classid = 'pg_namespace'::regclass and objid in (select oid from namespaces))
            union all
            select name, format('Row security of %s lets it see rows of another module.', object) from mention m
            where deptype = 'r' and not exists (
              select 1 from pg_policy p join pg_class c on c.oid = p.polrelid join namespaces n on n.oid = c.relnamespace where p.oid = m.objid and n.module = m.module)
            union all
            select name, format('It may use schema %s, which is none of its own.', nspname) from role cross join pg_namespace
            where to_regrole(quote_ident(name)) is not null and nspname not like 'pg\_%' and nspname not in ('information_schema', 'public')
              and nspname not in (select schema from wall) and has_schema_privilege(name, pg_namespace.oid, 'USAGE')
              and not exists (select 1 from mention m where m.name = role.name and m.classid = 'pg_namespace'::regclass and m.objid = pg_namespace.oid)
            """,
            "Revoke it. What two modules can both use joins them."
        ),
        new(
            "rights-missing",
            """
            select format('%s.%s', nspname, relname), format('%s may not %s it.', grantee, string_agg(lower(privilege), ', ' order by privilege))
            from relation cross join lateral (
              select app as grantee, p as privilege from unnest(
                case when feed is not null then case relname when 'outbox_consumers' then '{SELECT,INSERT,UPDATE,DELETE}' else '{SELECT}' end
                else case relname when 'outbox' then '{SELECT,INSERT}' when 'migrations' then '{SELECT}' else '{SELECT,INSERT,UPDATE,DELETE}' end end::text[]) p where app is not null
              union all select feed, p from unnest(case relname when 'outbox' then '{SELECT,INSERT,UPDATE}' when 'feed_in' then '{SELECT,UPDATE}' else '{}' end::text[]) p where feed is not null
              union all select name, 'SELECT' from role where reads_reference and schema = 'reference') expected
            where relkind in ('r', 'p') and to_regrole(quote_ident(grantee)) is not null and not has_table_privilege(grantee, relation.oid, privilege) group by nspname, relname, grantee
            union all
            select format('schema %s', schema), format('%s may not use it.', name) from wall join role on name = app or name = feed or schema = 'reference' and reads_reference
            where to_regnamespace(quote_ident(schema)) is not null and to_regrole(quote_ident(name)) is not null
              and not has_schema_privilege(name, to_regnamespace(quote_ident(schema))::oid, 'USAGE')
            """,
            Migrate
        ),
        new(
            "default-privileges",
            """
            select coalesce(format('schema %s', nspname), 'all schemas'), format('What %s makes there is open to others from the start.', pg_get_userbyid(defaclrole))
            from pg_default_acl d left join pg_namespace n on n.oid = defaclnamespace
            where pg_get_userbyid(defaclrole) in (select name from role) or nspname in (select schema from wall)
               or exists (select 1 from aclexplode(defaclacl) a where pg_get_userbyid(a.grantee) in (select name from role))
            """,
            "Take them back: alter default privileges ... revoke ... Rights are given table by table, after each "
                + "migration."
        ),
    ];
}
