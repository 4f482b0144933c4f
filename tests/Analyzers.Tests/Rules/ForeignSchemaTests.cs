extern alias analyzers;

using Analyzers.Tests.Running;
// The building blocks have the same reader, from the same source.

using SqlNames = analyzers::BuildingBlocks.Analyzers.Sql.SqlNames;

namespace Analyzers.Tests.Rules;

public sealed class ForeignSchemaTests
{
    [Fact]
    public async Task Says_who_reads_what_of_whom_and_the_two_ways_out()
    {
        var found = await Marked.Code(
            """"
            namespace Orders.Features;

            internal sealed class PeekStock(DbContext db)
            {
                public Task<int> Of(string sku) => db.Database.SqlQuery<int>($"select on_hand as \"Value\" from {|MM0002:inventory.stock_levels|} where sku = {sku}").SingleAsync();
            }

            // src/Modules/Inventory/Inventory.Contracts/StockAdjustedV1.cs
            namespace Inventory.Contracts;

            [IntegrationEvent("stock.adjusted", version: 1)]
            public sealed record StockAdjustedV1(string Sku) : IIntegrationEvent
            {
                public string Key => Sku;
            }
            """"
        );

        found
            .ShouldHaveSingleItem()
            .Message.ShouldBe(
                "Orders.Features.PeekStock names inventory.stock_levels in schema 'inventory', which belongs to "
                    + "module Inventory; Orders' role cannot see it at run time either. "
                    + "Keep a copy fed by stock.adjusted (docs/guides/copies.md), or let the Host compose the answer "
                    + "through an IModuleQuery of Inventory. Rule: docs/rules/MM0002.md"
            );
    }

    [Theory]
    [InlineData("select * from {|MM0002:inventory.stock_levels|}")]
    [InlineData("SELECT * FROM {|MM0002:Inventory.Stock_Levels|}")]
    [InlineData("select * from {|MM0002:\"inventory\".\"stock_levels\"|}")]
    [InlineData("select * from {|MM0002:inventory.\"stock_levels\"|} as s")]
    [InlineData("select o.id from orders o left join {|MM0002:inventory.stock_levels|} s on s.sku = o.sku")]
    [InlineData("select o.id from orders o, {|MM0002:inventory.stock_levels|} s where s.sku = o.sku")]
    [InlineData("select (select count(*) from {|MM0002:inventory.stock_levels|}) from orders")]
    [InlineData("with s as (select * from {|MM0002:inventory.stock_levels|}) select * from s")]
    [InlineData("insert into {|MM0002:inventory.stock_levels|} (sku) values ('a')")]
    [InlineData("update {|MM0002:inventory.stock_levels|} set on_hand = 0")]
    [InlineData("update only {|MM0002:inventory.stock_levels|} set on_hand = 0")]
    [InlineData("delete from {|MM0002:inventory.stock_levels|}")]
    [InlineData("delete from orders using {|MM0002:inventory.stock_levels|} s where s.sku = orders.sku")]
    [InlineData("merge into {|MM0002:inventory.stock_levels|} using orders on true when matched then delete")]
    [InlineData("truncate {|MM0002:inventory.stock_levels|}")]
    [InlineData("truncate table {|MM0002:inventory.stock_levels|}")]
    [InlineData("lock table {|MM0002:inventory.stock_levels|}")]
    [InlineData("copy {|MM0002:inventory.stock_levels|} to stdout")]
    [InlineData("select {|MM0002:inventory.on_hand|}('a') from orders")]
    [InlineData("select {|MM0002:inventory.on_hand|}('a')")]
    [InlineData("call {|MM0002:inventory.reserve|}('a')")]
    [InlineData("select {|MM0002:inventory.stock_levels.on_hand|} from orders")]
    [InlineData("select * from {|MM0002:shop.inventory.stock_levels|}")]
    [InlineData("select 1; -- nothing\nselect * /* from a */ from {|MM0002:inventory.stock_levels|}")]
    [InlineData("set search_path to {|MM0002:inventory|}, orders")]
    [InlineData("set local search_path = orders, {|MM0002:inventory|}")]
    [InlineData("set schema '{|MM0002:inventory|}'")]
    [InlineData("select set_config('search_path', '{|MM0002:inventory|}', false)")]
    [InlineData("grant select on all tables in schema {|MM0002:inventory|} to orders_app")]
    [InlineData("create table x (id int references {|MM0002:inventory.stock_levels|} (id))")]
    [InlineData("create view x as select * from {|MM0002:inventory.stock_levels|}")]
    [InlineData("create index on {|MM0002:inventory.stock_levels|} (sku)")]
    [InlineData("alter table {|MM0002:inventory.stock_levels|} add x int")]
    [InlineData("drop table if exists {|MM0002:inventory.stock_levels|}")]
    [InlineData("comment on column {|MM0002:inventory.stock_levels.sku|} is 'x'")]
    [InlineData("create trigger t after insert on {|MM0002:inventory.stock_levels|} execute function f()")]
    [InlineData("do $$ begin perform 1 from {|MM0002:inventory.stock_levels|}; end $$")]
    [InlineData("select nextval('{|MM0002:inventory.stock_seq|}')")]
    [InlineData("select '{|MM0002:inventory.stock_levels|}'::regclass")]
    [InlineData("select relname from pg_class join pg_namespace n on true where nspname = '{|MM0002:inventory|}'")]
    [InlineData("do $$ begin execute 'select * from {|MM0002:inventory.stock_levels|}'; end $$")]
    [InlineData("select * from U&{|MM0002:\"\\0069nventory\".stock_levels|}")]
    [InlineData("select * from u&{|MM0002:\"!0069nventory\" uescape '!'.stock_levels|}")]
    [InlineData("select * from u&{|MM0002:\"\\+000069nventory\".stock_levels|}")]
    [InlineData("select nextval(E'{|MM0002:\\x69nventory.stock_seq|}')")]
    [InlineData("select nextval(E'{|MM0002:\\u0069nventory.stock_seq|}')")]
    [InlineData("select nextval(U&'{|MM0002:\\0069nventory.stock_seq|}')")]
    [InlineData("select schema_to_xml('{|MM0002:inventory|}', true, false, '')")]
    [InlineData("select table_to_xml('{|MM0002:inventory.stock_levels|}', true, false, '')")]
    [InlineData("select query_to_xml('select * from {|MM0002:inventory.stock_levels|}', true, false, '')")]
    [InlineData("select to_regclass('{|MM0002:inventory.stock_levels|}')")]
    [InlineData("select has_table_privilege('someone', '{|MM0002:inventory.stock_levels|}', 'select')")]
    [InlineData("select has_schema_privilege('{|MM0002:inventory|}', 'usage')")]
    [InlineData("select '{|MM0002:inventory|}'::regnamespace")]
    [InlineData("select pg_get_viewdef('{|MM0002:inventory.levels|}')")]
    [InlineData("select null::{|MM0002:inventory.mytype|}")]
    [InlineData("select cast(null as {|MM0002:inventory.mytype|})")]
    [InlineData("do $$ declare level {|MM0002:inventory.stock_levels|}%rowtype; begin null; end $$")]
    [InlineData("create function f() returns setof {|MM0002:inventory.stock_levels|} language sql return null")]
    [InlineData("select * from order_search.orders; select * from {|MM0002:inventory.stock_levels|}")]
    public void Finds_the_schema_wherever_SQL_can_name_it(string marked)
    {
        var text = marked
            .Replace("{|MM0002:", "", StringComparison.Ordinal)
            .Replace("|}", "", StringComparison.Ordinal);
        var found = SqlNames.In(text, isCertain: false, schema => schema is "inventory");

        found
            .Select(one => text[one.Start..one.End])
            .ShouldHaveSingleItem()
            .ShouldBe(
                marked[
                    (marked.IndexOf("{|MM0002:", StringComparison.Ordinal) + 9)..marked.IndexOf(
                        "|}",
                        StringComparison.Ordinal
                    )
                ]
            );
    }

    [Theory]
    [InlineData("select orders.id from orders")]
    [InlineData("select orders.id from payments as orders")]
    [InlineData("select orders.id from payments orders where orders.total > 1 order by orders.id")]
    [InlineData("select orders.id, (select max(orders.at) from attempts) from payments orders")]
    [InlineData("with orders as (select * from payments) select orders.id from orders")]
    [InlineData(
        "with orders (id) as materialized (select id from payments) select count(*), max(orders.id) from x join "
            + "orders on orders.id = x.id"
    )]
    [InlineData(
        "insert into orders (id) values (1) on conflict (id) do update set total = orders.total + excluded.total "
            + "returning orders.id"
    )]
    [InlineData("update orders set total = orders.total + 1 from payments p where p.order_id = orders.id")]
    [InlineData("delete from orders using payments p where p.order_id = orders.id")]
    [InlineData("select extract(epoch from orders.placed_at) from orders")]
    [InlineData("select trim(both ' ' from orders.name), substring(orders.name from 1) from payments orders")]
    [InlineData("select * from payments p join orders on true where p.status is distinct from orders.status")]
    [InlineData("select orders.id from jsonb_to_recordset('[]') as orders(id uuid)")]
    [InlineData("select orders.id from (select 1 as id) orders")]
    [InlineData("select orders.id from unnest('{}'::uuid[]) with ordinality as orders(id, n)")]
    [InlineData("where orders.id = 1 and orders.total > 2")]
    [InlineData("select 'orders.placed' from events where type = 'orders.placed' and note = 'from orders.placed'")]
    [InlineData("-- from orders.placed\nselect 1 /* from orders.placed */ from x")]
    [InlineData("comment on column orders.total is 'from orders.placed'; alter table payments add x int")]
    [InlineData("alter sequence payments_id_seq owned by orders.id; alter table payments add x int")]
    [InlineData("create table orders (id int); create index on orders (id) where orders.id > 1")]
    [InlineData(
        "merge into payments p using orders on p.order_id = orders.id when matched then update set total = orders.total"
    )]
    [InlineData("create policy p on orders for delete using (orders.owner = current_user)")]
    [InlineData("select * from orders for update of orders")]
    [InlineData("select orders from payments join \"Orders\".x on true")]
    public void Leaves_aliases_columns_strings_and_comments_alone(string sql) =>
        SqlNames.In(sql, isCertain: false, schema => schema is "orders").ShouldBeEmpty();

    [Theory]
    [InlineData("Select an item from inventory. Then pay")]
    [InlineData("Read from inventory.csv")]
    [InlineData("Delete from inventory.csv what is wrong")]
    [InlineData("Update inventory.json before you start")]
    [InlineData("update the inventory.stock metric")]
    [InlineData("inventory.unknown-sku")]
    [InlineData("inventory.stock_levels")]
    [InlineData("The order came from inventory.stock and goes into inventory.reserved")]
    [InlineData("/inventory.html")]
    [InlineData("with inventory.stock as a guide")]
    [InlineData("Lock inventory.stock for the night")]
    [InlineData("set inventory.stock to 0")]
    [InlineData("join inventory")]
    public void Leaves_prose_alone(string text) =>
        SqlNames.In(text, isCertain: false, schema => schema is "inventory").ShouldBeEmpty();

    [Fact]
    public Task Sees_every_way_to_write_a_string() =>
        Marked.Code(
            """"
            namespace Orders.Features;

            internal sealed class Peek(DbContext db)
            {
                private const string Schema = "inventory";
                private const string Table = Schema + ".stock_levels";
                private static readonly string Name = "stock_levels";
                private static string Prefix => "inventory.";

                public async Task Run(string sku, bool all)
                {
                    var query = "select * from {|MM0002:inventory.stock_levels|}";
                    await db.Database.ExecuteSqlRawAsync({|MM0002:query|});
                    await db.Database.ExecuteSqlRawAsync({|MM0002:"delete from " + Table|});
                    await db.Database.ExecuteSqlRawAsync({|MM0002:$"delete from {Schema}.{Name}"|});
                    await db.Database.ExecuteSqlRawAsync({|MM0002:"delete from " + Prefix + Name|});
                    await db.Database.ExecuteSqlRawAsync({|MM0002:string.Format("delete from {0}.{1}", Schema, "stock_levels")|});
                    await db.Database.ExecuteSqlRawAsync({|MM0002:string.Concat("delete from ", Table)|});
                    await db.Database.ExecuteSqlRawAsync({|MM0002:string.Join(' ', "delete", "from", Table)|});
                    await db.Database.ExecuteSqlRawAsync({|MM0002:"delete from @schema.stock_levels".Replace("@schema", Schema)|});
                    await db.Database.ExecuteSqlRawAsync(all ? "delete from orders" : "delete from {|MM0002:inventory.stock_levels|}");
                    var local = {|MM0002:"delete from " + Table|};
                    var raw = $"""
                        select *
                        from {|MM0002:inventory.stock_levels|}
                        where sku = '{sku}'
                        """;
                    System.Text.StringBuilder built = new();
                    built.Append("select * from {|MM0002:inventory.stock_levels|} where ").Append(sku);
                    built.Append($"join {|MM0002:inventory.warehouses|} w on true where w.code = {sku}");
                    System.Text.StringBuilder pieces = new("select * ");
                    pieces.Append("from ").Append("inventory");
                    pieces.Append('.').AppendLine("stock_levels");
                    await db.Database.ExecuteSqlRawAsync({|MM0002:pieces.ToString()|});
                    var grown = "select * from inventory";
                    grown += ".stock_levels";
                    await db.Database.ExecuteSqlRawAsync({|MM0002:grown|});
                    var kept = "select * from inventory";
                    {|MM0002:kept += ".stock_levels"|};
                    var anew = "select * from ";
                    anew = anew + "inventory.";
                    anew = {|MM0002:$"{anew}stock_levels"|};
                    await db.Database.ExecuteSqlRawAsync({|MM0002:anew|});
                    await db.Database.ExecuteSqlRawAsync({|MM0002:"delete from " + new string(['i', 'n', 'v', 'e', 'n', 't', 'o', 'r', 'y']) + ".stock_levels"|});
                    await db.Database.ExecuteSqlRawAsync({|MM0002:"delete from " + new string("inventory".ToCharArray()) + ".stock_levels"|});
                    await db.Database.ExecuteSqlRawAsync("delete from x{|MM0002:inventory.stock_levels|}".Remove(12, 1));
                    await db.Database.ExecuteSqlRawAsync({|MM0002:"delete from " + "the inventory".Substring(4) + ".stock_levels"|});
                    await db.Database.ExecuteSqlRawAsync({|MM0002:"delete from U&\"\\0069nventory\".stock_levels"|});
                    System.Text.StringBuilder formatted = new();
                    formatted.AppendFormat("select * from {0}", "inventory").AppendJoin("", ".", "stock_levels");
                    await db.Database.ExecuteSqlRawAsync({|MM0002:formatted.ToString()|});
                    System.Text.StringBuilder inserted = new("select * from .stock_levels");
                    inserted.Insert(14, "inventory");
                    await db.Database.ExecuteSqlRawAsync({|MM0002:inserted.ToString()|});
                    await db.Database.ExecuteSqlRawAsync({|MM0002:"delete from " + "xxinventory"[2..] + ".stock_levels"|});
                    await db.Database.ExecuteSqlRawAsync({|MM0002:"delete from " + "inventoryxx"[..^2] + ".stock_levels"|});
                    var pair = ("delete from ", "inventory.stock_levels");
                    await db.Database.ExecuteSqlRawAsync({|MM0002:pair.Item1 + pair.Item2|});
                    var named = (Verb: "delete from ", Table: "inventory.stock_levels");
                    await db.Database.ExecuteSqlRawAsync({|MM0002:named.Verb + named.Table|});
                    var (verb, table) = ("delete from ", "inventory.stock_levels");
                    await db.Database.ExecuteSqlRawAsync({|MM0002:verb + table|});
                    string[] words = ["delete from", "inventory.stock_levels"];
                    await db.Database.ExecuteSqlRawAsync({|MM0002:words[0] + " " + words[1]|});
                    await db.Database.ExecuteSqlRawAsync({|MM0002:string.Join(" ", words)|});
                    System.Collections.Generic.List<string> list = new() { "delete from", "inventory.stock_levels" };
                    await db.Database.ExecuteSqlRawAsync({|MM0002:string.Join(" ", list)|});
                    await db.Database.ExecuteSqlRawAsync("delete from " + (all ? "orders" : "{|MM0002:inventory.stock_levels|}"));
                    await db.Database.ExecuteSqlRawAsync("delete from " + (sku switch { "a" => "orders", _ => "{|MM0002:inventory.stock_levels|}" }));
                    string branch;
                    if (all)
                    {
                        branch = "inventory.stock_levels";
                    }
                    else
                    {
                        branch = "orders";
                    }

                    await db.Database.ExecuteSqlRawAsync({|MM0002:"delete from " + branch|});
                    var later = "inventory.stock_levels";
                    if (all)
                    {
                        later = "orders";
                    }

                    await db.Database.ExecuteSqlRawAsync({|MM0002:"delete from " + later|});
                    Func<string> tableOf = () => "inventory.stock_levels";
                    await db.Database.ExecuteSqlRawAsync({|MM0002:"delete from " + tableOf()|});
                    await db.Database.ExecuteSqlRawAsync({|MM0002:"delete from " + InBlock(all)|});
                    System.Runtime.CompilerServices.DefaultInterpolatedStringHandler handler = new(1, 1);
                    handler.AppendLiteral("delete from inventory");
                    handler.AppendFormatted(".stock_levels");
                    await db.Database.ExecuteSqlRawAsync({|MM0002:handler.ToStringAndClear()|});
                    using System.IO.StringWriter writer = new();
                    writer.Write("delete from ");
                    writer.WriteLine("inventory.stock_levels");
                    await db.Database.ExecuteSqlRawAsync({|MM0002:writer.ToString()|});
                    using NpgsqlCommand command = new();
                    command.CommandText = "delete from inventory";
                    {|MM0002:command.CommandText += ".stock_levels"|};
                    Func<string> inLambda = () => "select 1 from {|MM0002:inventory.stock_levels|}";
                }

                private static string InBlock(bool all)
                {
                    if (all)
                    {
                        return "orders";
                    }

                    return "inventory.stock_levels";
                }
            }
            """"
        );

    [Fact]
    public Task Sees_commands_mappings_settings_and_pools() =>
        Marked.Code(
            """
            namespace Orders.Persistence;

            [System.ComponentModel.DataAnnotations.Schema.Table("stock_levels", Schema = {|MM0002:"inventory"|})]
            internal sealed class Stock;

            internal sealed class OrdersDbContext(DbContextOptions<OrdersDbContext> options) : ModuleDbContext(options, {|MM0002:"inventory"|})
            {
                protected override void OnModelCreating(ModelBuilder modelBuilder)
                {
                    modelBuilder.HasDefaultSchema({|MM0002:"inventory"|});
                    modelBuilder.Entity<Stock>().ToTable("stock_levels", {|MM0002:"inventory"|});
                    modelBuilder.Entity<Stock>().ToView("stock_levels", schema: {|MM0002:"inventory"|});
                    modelBuilder.Entity<Stock>().ToSqlQuery("select * from {|MM0002:inventory.stock_levels|}");
                }
            }

            internal sealed class Direct(NpgsqlDataSource own, Microsoft.Extensions.Configuration.IConfiguration settings)
            {
                public void Run(NpgsqlConnection connection)
                {
                    using var one = new NpgsqlCommand("select * from {|MM0002:inventory.stock_levels|}", connection);
                    one.CommandText = "select * from {|MM0002:inventory.warehouses|}";
                    using var two = own.CreateCommand("select * from {|MM0002:inventory.stock_levels|}");
                    using NpgsqlBatch batch = new(connection) { BatchCommands = { new("select * from {|MM0002:inventory.stock_levels|}") } };
                    _ = settings["Modules:{|MM0002:inventory|}:ConnectionString"];
                    _ = new NpgsqlConnectionStringBuilder { SearchPath = {|MM0002:"inventory"|} };
                    _ = "Host=localhost;Search Path={|MM0002:inventory|}";
                }
            }
            """
        );

    [Fact]
    public Task Leaves_own_tables_and_what_is_not_SQL_alone() =>
        Marked.Code(
            """"
            namespace Orders.Features;

            internal sealed class Fine(DbContext db, Microsoft.Extensions.Logging.ILogger<Fine> log)
            {
                private const string Metric = "inventory.stock";

                public async Task Run(string inventory)
                {
                    await db.Database.ExecuteSqlAsync($"update orders set note = {inventory} where orders.id = 1");
                    await db.Database.ExecuteSqlRawAsync("update orders.orders set note = 'inventory.stock'");
                    await db.Database.ExecuteSqlRawAsync("select inventory.sku from lines inventory");
                    var error = "inventory.unknown-sku";
                    throw new InvalidOperationException($"Nothing came from inventory.stock for {inventory}{Metric}{error}.");
                }
            }
            """"
        );

    [Fact]
    public Task Reads_migrations() =>
        Marked.Code(
            """
            // src/Modules/Orders/Orders/Persistence/Migrations/0002_stock.sql
            create table lines (
              sku text not null references {|MM0002:inventory.stock_levels|} (sku));

            // src/Modules/Orders/Orders/Persistence/Migrations/0003_fine.sql
            -- like inventory.stock_levels
            comment on column lines.sku is 'of inventory.stock_levels';
            """
        );

    [Fact]
    public Task Knows_a_schema_by_the_name_its_module_gives() =>
        Marked.Code(
            """
            // src/Modules/Orders/Orders/Features/Peek.cs
            namespace Orders.Features;

            internal static class Peek
            {
                public const string Named = "select * from {|MM0002:store.stock_levels|}";
                public const string Folder = "select * from inventory.stock_levels";
                public const string TwoWords = "select * from {|MM0002:order_search.rows|}";
                public const string Constant = "select * from {|MM0002:tills.rows|}";
            }

            // src/Modules/Inventory/Inventory/InventoryModule.cs
            namespace Inventory;

            public sealed class InventoryModule : Module
            {
                public override string Name => "store";

                protected override void Configure(ModuleBuilder module)
                {
                }
            }

            // src/Modules/Payments/Payments/PaymentsModule.cs
            namespace Payments;

            public sealed class PaymentsModule : Module
            {
                public const string Schema = "tills";

                public override string Name
                {
                    get { return PaymentsModule.Schema; }
                }

                protected override void Configure(ModuleBuilder module) => module.Refuses("payments", null!);
            }

            // src/Modules/OrderSearch/OrderSearch/Thing.cs
            namespace OrderSearch;
            """
        );
}
