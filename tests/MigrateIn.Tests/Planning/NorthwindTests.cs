using System.Xml.Linq;
using MigrateIn.Catalog;

namespace MigrateIn.Tests.Planning;

/// <summary>plan on a database that grew in one schema.</summary>
public sealed class NorthwindTests : IAsyncLifetime
{
    private static readonly string Data = Path.Combine(AppContext.BaseDirectory, "Data", "Northwind", "northwind.sql");
    private PlanFixture northwind = null!;

    public async ValueTask InitializeAsync() =>
        northwind = await PlanFixture.CreateAsync(
            // The file sets the session up for a restore; what it sets must not outlive it.
            await File.ReadAllTextAsync(Data, TestContext.Current.CancellationToken)
                + "; select set_config('search_path', 'public', false)"
        );

    public ValueTask DisposeAsync() => northwind.DisposeAsync();

    [Fact]
    public async Task Every_table_is_owned_or_named_as_undecided()
    {
        await northwind.PlanAsync();

        await northwind.EveryTableHasOnePlaceAsync();
        northwind.Ownership().Undecided.Select(one => one.Table.Name).ShouldBe(["us_states"]);
    }

    [Fact]
    public async Task Catalogue_staff_customers_and_orders_are_kept_apart()
    {
        await northwind.PlanAsync();

        var owners = northwind.Ownership().Owners();
        string Of(string table) => owners[new TableName("public", table)];
        Of("products").ShouldBe(Of("categories"));
        Of("products").ShouldBe(Of("suppliers"));
        Of("employees").ShouldBe(Of("employee_territories"));
        Of("orders").ShouldBe(Of("order_details"));
        Of("customers").ShouldBe(Of("customer_customer_demo"));
        new[] { Of("products"), Of("employees"), Of("customers"), Of("orders") }.ShouldBeUnique(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Each_foreign_key_that_crosses_says_what_becomes_of_it()
    {
        await northwind.PlanAsync();

        var ownership = northwind.Ownership();
        var owners = ownership.Owners();
        ownership.ForeignKeys.ShouldAllBe(key => owners[key.From] != owners[key.To] && key.Becomes == "restrict");
        ownership.ForeignKeys.ShouldContain(key => key.Name == "fk_orders_customers");
        northwind
            .Crossings()
            .Count(line => line.StartsWith("foreign key\t", StringComparison.Ordinal))
            .ShouldBe(ownership.ForeignKeys.Count);
    }

    [Fact]
    public async Task The_picture_shows_every_table_and_every_crossing()
    {
        await northwind.PlanAsync();

        var picture = XDocument.Parse(northwind.Read("graph.svg"));
        XNamespace svg = "http://www.w3.org/2000/svg";
        picture.Descendants(svg + "circle").Count().ShouldBe(14);
        picture
            .Descendants(svg + "line")
            .Count(line => line.Attribute("stroke")!.Value is "#d62728")
            .ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_same_database_gives_the_same_files()
    {
        await northwind.PlanAsync();
        var before = northwind.Read("ownership.yaml") + northwind.Read("crossings.txt") + northwind.Read("graph.svg");

        await northwind.PlanAsync("--overwrite");

        (northwind.Read("ownership.yaml") + northwind.Read("crossings.txt") + northwind.Read("graph.svg")).ShouldBe(
            before
        );
    }

    [Fact]
    public async Task What_people_edited_is_not_replaced_unasked()
    {
        await File.WriteAllTextAsync(
            Path.Combine(northwind.Folder, "ownership.yaml"),
            "# mine",
            TestContext.Current.CancellationToken
        );

        var (exitCode, _, errors) = await northwind.RunAsync();

        exitCode.ShouldBe(1);
        errors.ShouldContain("--overwrite");
        northwind.Read("ownership.yaml").ShouldBe("# mine");
        Directory.GetFiles(northwind.Folder).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_cut_that_people_made_is_compared()
    {
        await northwind.PlanAsync();
        var known = Path.Combine(northwind.Folder, "known.yaml");
        File.Copy(Path.Combine(northwind.Folder, "ownership.yaml"), known);

        (await northwind.PlanAsync("--overwrite", "--known", known)).ShouldContain("known cut: 1.00 over 13 tables");
    }

    [Fact]
    public async Task Statements_of_a_folder_count_as_crossings()
    {
        var folder = Directory.CreateDirectory(Path.Combine(northwind.Folder, "sql")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "night.sql"),
            """
            select c.company_name, p.product_name from customers c
              join orders o using (customer_id) join order_details d using (order_id), Products p;
            update products set units_in_stock = 0 from (select employee_id from public.employees) e;
            truncate us_states, "region";
            copy shippers from stdin;
            with orders as (select 1) select * from orders, region;
            """,
            TestContext.Current.CancellationToken
        );

        await northwind.PlanAsync("--sql", folder);

        var crossings = northwind.Crossings();
        crossings.ShouldContain(line =>
            line.StartsWith("join\tnight.sql#1\t") && line.Contains("public.order_details")
        );
        crossings.ShouldContain(line => line.StartsWith("write\tnight.sql#2\t") && line.Contains("public.employees"));
        crossings.ShouldContain(line =>
            line.StartsWith("truncate\tnight.sql#3\t") && line.EndsWith("public.us_states")
        );
        crossings.ShouldContain(line => line.StartsWith("truncate\tnight.sql#3\t") && line.EndsWith("public.region"));
        crossings.ShouldContain(line => line.StartsWith("copy\tnight.sql#4\t") && line.EndsWith("public.shippers"));
        crossings.ShouldNotContain(line => line.Contains("night.sql#5"));
    }

    [Fact]
    public async Task Nothing_in_the_database_changes()
    {
        const string State =
            "select string_agg(oid::text || relname || xmin::text, ',' order by oid) from pg_class where oid >= 16384";
        var before = await northwind.Sql.Value<string>(State);

        await northwind.PlanAsync();

        (await northwind.Sql.Value<string>(State)).ShouldBe(before);
    }
}
