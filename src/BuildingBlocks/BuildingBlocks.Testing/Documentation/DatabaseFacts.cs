namespace BuildingBlocks.Testing.Documentation;

/// <summary>A table of a live database.</summary>
internal sealed record TableFact(string Schema, string Name, string Owner);

/// <summary>A role of a live database, and what it is set to there.</summary>
internal sealed record RoleFact(string Name, string Rights, string MemberOf, int Connections, string Settings);

/// <summary>A privilege somebody other than the owner has.</summary>
internal sealed record GrantFact(string Role, string Kind, string Schema, string Name, string Privilege);

/// <summary>
/// Tables, roles and grants as the catalog of a live database has them; role names without what tells this installation
/// apart.
/// </summary>
internal sealed class DatabaseFacts
{
    /// <summary>Stands in front of role names; an installation chooses it.</summary>
    public const string Prefix = "mm";

    private const string NoSystem = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'";

    private DatabaseFacts(
        IReadOnlyList<TableFact> tables,
        IReadOnlyList<RoleFact> roles,
        IReadOnlyList<GrantFact> grants
    ) => (Tables, Roles, Grants) = (tables, roles, grants);

    public IReadOnlyList<TableFact> Tables { get; }

    public IReadOnlyList<RoleFact> Roles { get; }

    public IReadOnlyList<GrantFact> Grants { get; }

    public static async Task<DatabaseFacts> Read(TestDatabase database)
    {
        string Known(object? role) =>
            ((string)role!).Replace($"{database.Name}_", $"{Prefix}_", StringComparison.Ordinal);
        var sql = database.Administrator;
        var tables = await sql.Rows(
            $"""
            select n.nspname::text, c.relname::text, pg_get_userbyid(c.relowner)::text
            from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'f') and {NoSystem}
            """
        );
        var roles = await sql.Rows(
            """
            select r.rolname::text,
                   concat_ws(', ', case when rolcanlogin then 'login' end, case when rolsuper then 'superuser' end, case when rolcreatedb then 'createdb' end,
                     case when rolcreaterole then 'createrole' end, case when rolinherit then 'inherit' end, case when rolreplication then 'replication' end,
                     case when rolbypassrls then 'bypassrls' end),
                   coalesce((select string_agg(g.rolname, ', ' order by g.rolname) from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid), ''),
                   r.rolconnlimit,
                   coalesce((select string_agg(setting, ', ' order by setting) from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase and d.datname = current_database(),
                     unnest(s.setconfig) setting where s.setrole = r.oid), '')
            from pg_roles r where r.rolname like $1 || '\_%'
            """,
            database.Name
        );
        var grants = await sql.Rows(
            $"""
            select coalesce(r.rolname, 'PUBLIC')::text, kind, schema::text, name::text, privilege_type
            from (select 'database' as kind, '' as schema, '' as name, datdba as owner, coalesce(datacl, acldefault('d', datdba)) as acl from pg_database where datname = current_database()
                  union all select 'schema', n.nspname, '', n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner)) from pg_namespace n where {NoSystem}
                  union all select case c.relkind when 'S' then 'sequence' else 'table' end, n.nspname, c.relname, c.relowner, c.relacl from pg_class c join pg_namespace n on n.oid = c.relnamespace where {NoSystem}
                  union all select 'column', n.nspname, c.relname || '.' || a.attname, c.relowner, a.attacl from pg_attribute a join pg_class c on c.oid = a.attrelid
                    join pg_namespace n on n.oid = c.relnamespace where {NoSystem}
                  union all select 'function', n.nspname, p.proname, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where {NoSystem}
                 ) o, aclexplode(o.acl) g left join pg_roles r on r.oid = g.grantee
            where g.grantee <> o.owner
            """
        );
        return new(
            [.. tables.Select(row => new TableFact((string)row[0]!, (string)row[1]!, Known(row[2])))],
            [
                .. roles.Select(row => new RoleFact(
                    Known(row[0]),
                    (string)row[1]!,
                    Known(row[2]),
                    (int)row[3]!,
                    (string)row[4]!
                )),
            ],
            [
                .. grants.Select(row => new GrantFact(
                    Known(row[0]),
                    (string)row[1]!,
                    (string)row[2]!,
                    (string)row[3]!,
                    (string)row[4]!
                )),
            ]
        );
    }
}
