using BuildingBlocks.Database.Guarding;

namespace BuildingBlocks.Tests.Database.Guarding;

/// <summary>What counts as a statement that names another schema, read as a module called orders.</summary>
public sealed class SqlGuardTests
{
    private readonly SqlGuard watch = new(
        "orders",
        ["orders", "customers", "inventory", "order_search", "payments"],
        sessionsAreShared: true
    );

    [Theory]
    [InlineData("select * from inventory.stock_levels")]
    [InlineData("SELECT * FROM \"inventory\".\"stock_levels\"")]
    [InlineData("select * from Inventory.Stock_Levels")]
    [InlineData("select * from \"Inventory\".stock_levels")]
    [InlineData("select * from inventory /* the shelf */ . -- by name\n stock_levels")]
    [InlineData("select * from only inventory.stock_levels s")]
    [InlineData("select 1 from orders o join inventory.stock_levels s on s.sku = o.sku")]
    [InlineData("select 1 from orders o, inventory.stock_levels s")]
    [InlineData("select 1 from orders o where exists (select 1 from inventory.stock_levels s where s.sku = o.sku)")]
    [InlineData("with levels as (select * from inventory.stock_levels) select * from levels")]
    [InlineData("with gone as (delete from inventory.stock_levels returning *) select count(*) from gone")]
    [InlineData("select (select count(*) from inventory.stock_levels)")]
    [InlineData("select inventory.available('A')")]
    [InlineData("select * from inventory . available ('A')")]
    [InlineData("insert into inventory.stock_levels (sku) select sku from order_items")]
    [InlineData("update inventory.stock_levels set on_hand = 0")]
    [InlineData("update orders set total_minor = 0 from inventory.stock_levels s where s.sku = 'A'")]
    [InlineData("delete from orders using inventory.stock_levels s where s.sku = 'A'")]
    [InlineData("merge into orders using inventory.stock_levels s on true when matched then do nothing")]
    [InlineData("truncate inventory.stock_levels")]
    [InlineData("lock table inventory.stock_levels")]
    [InlineData("copy inventory.stock_levels (sku) from stdin (format binary)")]
    [InlineData("copy (select * from inventory.stock_levels) to stdout")]
    [InlineData("create temporary table t as select * from inventory.stock_levels")]
    [InlineData("create view v as select * from inventory.stock_levels")]
    [InlineData("table inventory.stock_levels")]
    [InlineData("select 1; select * from inventory.stock_levels")]
    [InlineData("explain analyze select * from inventory.stock_levels")]
    [InlineData("select nextval('inventory.numbers')")]
    [InlineData("select 'inventory.stock_levels'::regclass")]
    [InlineData("select inventory.stock_levels.on_hand from orders")]
    [InlineData("set search_path = inventory")]
    [InlineData("set local search_path to orders, inventory")]
    [InlineData("set search_path to 'inventory'")]
    [InlineData("set search_path = public")]
    [InlineData("select set_config('search_path', 'inventory', true)")]
    [InlineData("do $$ begin perform 1 from inventory.stock_levels; end $$")]
    [InlineData("do $x$ begin execute 'delete from inventory.stock_levels'; end $x$")]
    [InlineData("do $x$ begin execute format('select 1 from inventory.stock_levels where sku = %L', 'A'); end $x$")]
    [InlineData("prepare p as select * from inventory.stock_levels")]
    [InlineData("select * from order_search_rebuild.order_search")]
    [InlineData("select * from somewhere_else.things")]
    [InlineData("select * from modular_monolith.inventory.stock_levels")]
    [InlineData("select * from public.things")]
    [InlineData("select query_to_xml('select * from inventory.stock_levels', true, false, '')")]
    [InlineData("select * from U&\"\\0069nventory\".stock_levels")]
    [InlineData("select * from u&\"!0069nventory\" uescape '!'.stock_levels")]
    [InlineData("select nextval(e'\\x69nventory.numbers')")]
    [InlineData("select schema_to_xml('inventory', true, false, '')")]
    [InlineData("select table_to_xml('inventory.stock_levels', true, false, '')")]
    [InlineData("select has_table_privilege('someone', 'inventory.stock_levels', 'select')")]
    [InlineData("select 'inventory'::regnamespace")]
    [InlineData("select null::inventory.mytype")]
    [InlineData("select 1 operator(inventory.+) 2")]
    [InlineData("select ('inven' || 'tory.stock_levels')::regclass")]
    [InlineData("select cast('inven' || 'tory.stock_levels' as regclass)")]
    [InlineData("select schema_to_xml('inven' || 'tory', true, false, '')")]
    [InlineData("do 'begin delete from inventory.stock_levels; end'")]
    [InlineData("do e'begin delete from \\x69nventory.stock_levels; end'")]
    [InlineData("do u&'begin delete from \\0069nventory.stock_levels; end'")]
    [InlineData("do language plpgsql 'begin delete from inventory.stock_levels; end'")]
    [InlineData("select cast(null as inventory.mytype)")]
    [InlineData("select tablename from pg_tables where schemaname = 'inventory'")]
    [InlineData("select $1, e'it\\'s' from inventory.stock_levels")]
    public void Finds_the_foreign_name(string sql) => watch.Read(sql).ShouldNotBeNull();

    [Theory]
    [InlineData("select * from orders")]
    [InlineData("select * from orders.orders o join orders.order_items i on i.order_id = o.id")]
    [InlineData("select * from orders_rebuild.orders")]
    [InlineData("select c.name from customers c where c.id = $1")]
    [InlineData("select customers.name from customers where customers.id = $1")]
    [InlineData("SELECT \"customers\".\"name\" FROM \"customers\"")]
    [InlineData("select inventory.sku from order_items as inventory")]
    [InlineData("select payments.total from (select 1 as total) payments")]
    [InlineData("with payments as (select 1 as total) select payments.total from payments")]
    [InlineData("with recursive payments(total) as (select 1) select payments.total from payments")]
    [InlineData("insert into notes values ('select * from inventory.stock_levels')")]
    [InlineData("insert into notes values ($$select * from inventory.stock_levels$$)")]
    [InlineData("select 1 -- from inventory.stock_levels")]
    [InlineData("select 1 /* from inventory.stock_levels /* nested */ */")]
    [InlineData("select '/*' from orders -- */ inventory.stock_levels")]
    [InlineData("select code from reference.countries")]
    [InlineData("select 1 from pg_catalog.pg_class c join information_schema.tables t on t.table_name = c.relname")]
    [InlineData(
        "insert into customers (id, name) values ($1, $2) on conflict (id) do update set name = excluded.name where "
            + "customers.name <> excluded.name"
    )]
    [InlineData("update orders set status = p.status from products p where p.sku = orders.id")]
    [InlineData(
        "select extract(epoch from o.placed_at), substring(o.name from o.start for 3), trim(both ' ' from o.name) "
            + "from orders o"
    )]
    [InlineData("select 1 from orders o where o.a is distinct from o.b and o.c is not distinct from o.d")]
    [InlineData(
        "select o.\"Id\", o0.\"Line\" FROM orders AS o LEFT JOIN order_items AS o0 ON o.\"Id\" = o0.\"OrderId\" WHERE "
            + "o.\"Id\" IN (1, 2)"
    )]
    [InlineData("select t.view from things t where view = t.lock and t.table = t.\"function\"")]
    [InlineData("select x.sku from jsonb_to_recordset($1) as x(sku text, quantity int), lateral unnest(x.items) u")]
    [InlineData("select (o.address).city, o.items[1] from orders o for update of o skip locked")]
    [InlineData("select xmin, o.xmin::text from orders o where $1::text::pg_snapshot is not null")]
    [InlineData(
        "select 1 from orders o cross join lateral (select max(i.line) from order_items i where i.order_id = o.id) m"
    )]
    [InlineData("set local search_path = \"orders_rebuild\", \"orders\"")]
    [InlineData("set search_path to default")]
    [InlineData("reset search_path")]
    [InlineData("select set_config('verification.statements', $1, true)")]
    [InlineData("copy orders (id) from stdin (format binary)")]
    [InlineData("delete from orders o using customers where customers.id = o.customer_id")]
    [InlineData("select schema from things where schema = 'x'")]
    [InlineData("select 'inventory.stock_levels', \"inventory.stock_levels\" from things")]
    [InlineData("fetch 10 from inventory")]
    [InlineData(
        "select has_schema_privilege(r.rolname, n.oid, 'USAGE'), has_table_privilege('orders.orders', 'SELECT') from "
            + "pg_roles r, pg_namespace n"
    )]
    [InlineData("select u & 1, \"inventory\" from things where u&mask = 1")]
    [InlineData("select e'it\\'s' from orders where note = u&'\\0069nventory.stock_levels'")]
    [InlineData(
        "select date_trunc('day', o.placed_at) from orders o group by o.placed_at order by o.placed_at desc limit 1 "
            + "offset 2"
    )]
    [InlineData(
        "select pg_catalog.count(*) filter (where o.paid) over (partition by o.country) from orders o window w as "
            + "(order by o.id)"
    )]
    [InlineData("")]
    public void Lets_pass_what_is_the_modules_own(string sql) => watch.Read(sql).ShouldBeNull();
}
