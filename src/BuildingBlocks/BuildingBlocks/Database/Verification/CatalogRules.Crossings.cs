namespace BuildingBlocks.Database.Verification;

/// <summary>What joins two schemas, and what leads around all walls.</summary>
internal static partial class CatalogRules
{
    private const string KeepACopy =
        "Drop it in a new migration, and keep a copy fed by the other module's events instead (docs/guides/copies.md).";

    private static IReadOnlyList<CatalogRule> Crossings { get; } =
    [
        new(
            "foreign-key-crosses",
            """
            select format('%s.%s', a.nspname, ac.relname), format('Foreign key %s refers to %s.%s of another module.', k.conname, b.nspname, bc.relname)
            from pg_constraint k join pg_class ac on ac.oid = k.conrelid join pg_namespace a on a.oid = ac.relnamespace
            join pg_class bc on bc.oid = k.confrelid join pg_namespace b on b.oid = bc.relnamespace
            where k.contype = 'f' and a.oid <> b.oid and (a.nspname in (select schema from wall) or b.nspname in (select schema from wall))
            """,
            "Drop it in a new migration: the id of another module's thing is a plain column (docs/guides/copies.md)."
        ),
        new(
            "view-crosses",
            """
            select distinct format('%s.%s', v.nspname, vc.relname), format('The view reads %s.%s of another module.', t.nspname, tc.relname)
            from pg_depend d join pg_rewrite w on w.oid = d.objid join pg_class vc on vc.oid = w.ev_class join pg_namespace v on v.oid = vc.relnamespace
            join pg_class tc on tc.oid = d.refobjid join pg_namespace t on t.oid = tc.relnamespace
            where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and v.oid <> t.oid
              and t.nspname in (select schema from wall) and vc.relkind in ('v', 'm')
            """,
            KeepACopy
        ),
        new(
            "trigger-crosses",
            """
            select format('%s.%s', t.nspname, c.relname), format('Trigger %s calls %s.%s() of another module.', g.tgname, f.nspname, p.proname)
            from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_namespace t on t.oid = c.relnamespace join pg_proc p on p.oid = g.tgfoid join pg_namespace f on f.oid = p.pronamespace
            where not g.tgisinternal and t.oid <> f.oid and (t.nspname in (select schema from wall) or f.nspname in (select schema from wall))
            """,
            "Drop it in a new migration, and let the other module react to an event instead."
        ),
        new(
            "function-crosses",
            """
            select distinct format('%s.%s()', n.nspname, p.proname), format('Its body names schema %s of another module.', other.schema)
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace join wall mine on mine.schema = n.nspname
            join wall other on other.module <> mine.module and other.schema <> 'reference'
            where coalesce(p.prosrc, '') || coalesce(pg_get_function_sqlbody(p.oid), '') ~* ('(^|[^a-z0-9_])"?' || other.schema || '"?\s*\.')
            """,
            KeepACopy
        ),
        new(
            "table-crosses",
            """
            select format('%s.%s', c.nspname, cc.relname), format('It inherits from, or is a part of, %s.%s.', p.nspname, pc.relname)
            from pg_inherits i join pg_class cc on cc.oid = i.inhrelid join pg_namespace c on c.oid = cc.relnamespace join pg_class pc on pc.oid = i.inhparent join pg_namespace p on p.oid = pc.relnamespace
            where c.oid <> p.oid and (c.nspname in (select schema from wall) or p.nspname in (select schema from wall))
            union all
            select format('%s.%s.%s', r.nspname, r.relname, a.attname), format('Its type is %s.%s.', tn.nspname, t.typname)
            from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 join pg_type t on t.oid = a.atttypid join namespaces tn on tn.oid = t.typnamespace where tn.module <> r.module
            union all
            select format('%s.%s.%s', r.nspname, r.relname, a.attname), format('Its default comes from %s.%s.', dn.nspname, dc.relname)
            from relation r join pg_attrdef f on f.adrelid = r.oid join pg_attribute a on a.attrelid = r.oid and a.attnum = f.adnum
            join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = f.oid and d.refclassid = 'pg_class'::regclass
            join pg_class dc on dc.oid = d.refobjid join namespaces dn on dn.oid = dc.relnamespace where dn.module <> r.module
            """,
            KeepACopy
        ),
        new(
            "object-crosses",
            """
            , dependency as (
              select d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid from pg_depend d
              where d.deptype in ('n', 'a') and d.objid >= 16384 and d.refobjid >= 16384 and d.classid <> 'pg_default_acl'::regclass
                and d.refclassid not in ('pg_namespace'::regclass, 'pg_extension'::regclass, 'pg_foreign_data_wrapper'::regclass, 'pg_foreign_server'::regclass)
                and not exists (select 1 from pg_depend e where e.deptype = 'e' and (e.classid, e.objid) in ((d.classid, d.objid), (d.refclassid, d.refobjid)))
                and not exists (select 1 from pg_constraint k where d.classid = 'pg_constraint'::regclass and k.oid = d.objid and k.contype = 'f')
                and not exists (select 1 from pg_rewrite w where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and w.oid = d.objid and w.rulename = '_RETURN')
                and not exists (select 1 from pg_inherits i where d.classid = 'pg_class'::regclass and i.inhrelid = d.objid and i.inhparent = d.refobjid)
                and not (d.classid = 'pg_trigger'::regclass and d.refclassid = 'pg_proc'::regclass)
                -- Types of columns, and sequences in defaults.
                and not (d.classid = 'pg_class'::regclass and d.objsubid > 0 and d.refclassid = 'pg_type'::regclass)
                and not (d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass)),
            placed as (
              select u.type || ' ' || u.identity as object, v.type || ' ' || v.identity as used,
                     -- What has no schema of its own, such as a policy or a default, has that of its table.
                     coalesce(u.schema, (select nspname from pg_constraint k join pg_namespace n on n.oid = k.connamespace where d.classid = 'pg_constraint'::regclass and k.oid = d.objid),
                       case when cardinality(ua.object_names) > 1 then ua.object_names[1] end) as mine,
                     coalesce(v.schema, case when cardinality(va.object_names) > 1 then va.object_names[1] end) as other
              from dependency d, pg_identify_object(d.classid, d.objid, d.objsubid) u, pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid) v,
                   pg_identify_object_as_address(d.classid, d.objid, d.objsubid) ua, pg_identify_object_as_address(d.refclassid, d.refobjid, d.refobjsubid) va)
            select distinct object, format('It uses %s of another schema.', used) from placed
            where mine <> other and (mine in (select schema from wall) or other in (select schema from wall))
              and coalesce((select module from wall where schema = mine), mine) <> coalesce((select module from wall where schema = other), other)
            """,
            KeepACopy
        ),
        new(
            "function-path",
            """
            select format('%s.%s()', n.nspname, p.proname), format('It runs with %s, so what it names without a schema is another module''s.', entry)
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace join wall mine on mine.schema = n.nspname cross join unnest(p.proconfig) entry
            where split_part(entry, '=', 1) = 'search_path' and exists (
              select 1 from regexp_split_to_table(replace(split_part(entry, '=', 2), '"', ''), '\s*,\s*') path
              where path in (select schema from wall other where other.module <> mine.module and other.schema <> 'reference') or path in (select schema from elsewhere))
            """,
            KeepACopy
        ),
    ];

    private static IReadOnlyList<CatalogRule> WaysAround { get; } =
    [
        new(
            "security-definer",
            """
            select format('%s.%s()', n.nspname, p.proname), 'It is SECURITY DEFINER: whoever may call it acts with the rights of ' || pg_get_userbyid(p.proowner) || '.'
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace left join wall on schema = n.nspname
            where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not in (select schema from elsewhere)
              and not coalesce(schema = module and (p.proname = 'prune_outbox' and oidvectortypes(p.proargtypes) = 'timestamp with time zone, integer' or is_projection and p.proname in ('clear_rebuild', 'swap_rebuild') and p.pronargs = 0), false)
            union all
            select format('%s.%s()', n.nspname, p.proname), 'It is SECURITY DEFINER, but its search path is not fixed or it may be called by others.'
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace join wall on schema = n.nspname
            where p.prosecdef and p.proname in ('prune_outbox', 'clear_rebuild', 'swap_rebuild') and (
              not coalesce(format('search_path=%s, pg_temp', quote_ident(schema)) = any (p.proconfig), false)
              or exists (select 1 from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee <> p.proowner and a.grantee <> to_regrole(quote_ident(app))))
            """,
            "Make it SECURITY INVOKER, or drop it in a new migration."
        ),
        new(
            "large-objects",
            "select 'large objects', format('There are %s. They belong to no schema, so no wall stands around them.', "
                + "count(*)) from pg_largeobject_metadata having count(*) > 0",
            "Store bytes in a bytea column, and remove them with lo_unlink."
        ),
        new(
            "way-around",
            """
            select format('extension %s', extname), 'With it a statement can reach other schemas and databases under another role.' from pg_extension where extname in ('dblink', 'postgres_fdw', 'file_fdw', 'plpython3u', 'plperlu', 'adminpack', 'lo', 'pg_cron', 'pg_background')
            union all select format('foreign server %s', srvname), 'Through it a statement leaves the database.' from pg_foreign_server
            union all select format('foreign data wrapper %s', fdwname), 'Through it a statement leaves the database.' from pg_foreign_data_wrapper
            union all select format('user mapping for %s on %s', usename, srvname), 'It lets a role act as another one elsewhere.' from pg_user_mappings
            union all select format('language %s', lanname), 'Functions in it act with the rights of the server''s own account.' from pg_language where not lanpltrusted and lanname not in ('internal', 'c')
            union all select format('event trigger %s', evtname), format('It runs %s() with every change of any schema.', evtfoid::regproc) from pg_event_trigger
            union all select format('publication %s', pubname), 'It sends what modules write to whoever subscribes.' from pg_publication
            union all select format('subscription %s', subname), 'It writes into this database what another one publishes.' from pg_subscription where subdbid = (select oid from here)
            union all select format('extension %s', extname), format('It is installed in schema %s, whose module neither owns nor migrates it.', nspname) from pg_extension join namespaces n on n.oid = extnamespace
            """,
            "Drop it, or keep it in another database."
        ),
    ];
}
