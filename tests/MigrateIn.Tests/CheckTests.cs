using MigrateIn.Tests.Planning;

namespace MigrateIn.Tests;

/// <summary>check: ownership fits the database, and crossings only get fewer.</summary>
public sealed class CheckTests : IAsyncLifetime
{
    private PlanFixture shop = null!;

    public async ValueTask InitializeAsync()
    {
        shop = await PlanFixture.CreateAsync(
            """
            create table orders (id int primary key); create table order_lines (order_id int references orders, line int, primary key (order_id, line));
            create table products (id int primary key); create table product_prices (product_id int references products, at date, primary key (product_id, at));
            alter table order_lines add product_id int references products;
            """
        );
        await shop.PlanAsync();
    }

    public ValueTask DisposeAsync() => shop.DisposeAsync();

    [Fact]
    public async Task What_was_just_planned_passes()
    {
        var (exitCode, output, errors) = await shop.CheckAsync();

        errors.ShouldBe("");
        exitCode.ShouldBe(0);
        output.ShouldStartWith("1 crossings, 0 fewer");
    }

    [Fact]
    public async Task A_new_crossing_closes_the_gate_until_it_is_accepted()
    {
        await shop.Sql.Execute("create view report as select 1 from orders, products");

        var (exitCode, _, errors) = await shop.CheckAsync();

        exitCode.ShouldBe(1);
        errors.ShouldContain("view\tpublic.report\torders, products\tpublic.orders, public.products");
        (await shop.CheckAsync("--accept")).ExitCode.ShouldBe(0);
        (await shop.CheckAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_crossing_that_is_gone_is_counted()
    {
        await shop.Sql.Execute("alter table order_lines drop constraint order_lines_product_id_fkey");

        (await shop.CheckAsync()).Output.ShouldStartWith("0 crossings, 1 fewer");
    }

    [Fact]
    public async Task A_table_that_nobody_owns_is_named()
    {
        await shop.Sql.Execute("create table late (id int)");
        shop.Edit("    - public.products\n", "    - public.gone\n");

        var (exitCode, _, errors) = await shop.CheckAsync();

        exitCode.ShouldBe(1);
        errors.ShouldContain("public.late has no owner");
        errors.ShouldContain("public.products has no owner");
        errors.ShouldContain("public.gone is not in the database");
    }

    [Fact]
    public async Task Each_foreign_key_that_an_edit_makes_cross_needs_its_line()
    {
        shop.Edit("    - public.product_prices\n", "");
        shop.Edit("  orders:\n", "  orders:\n    - public.product_prices\n");

        var (exitCode, _, errors) = await shop.CheckAsync();

        exitCode.ShouldBe(1);
        errors.ShouldContain("what becomes of product_prices_product_id_fkey");
    }

    [Fact]
    public async Task A_partition_stays_with_its_table()
    {
        await shop.Sql.Execute(
            "create table part (id int) partition by list (id); create table part_1 partition of part for values in (1)"
        );
        shop.Edit("  orders:\n", "  orders:\n    - public.part\n");
        shop.Edit("  products:\n", "  products:\n    - public.part_1\n");

        (await shop.CheckAsync()).Errors.ShouldContain(
            "public.part_1 and public.part, whose part it is, need one owner"
        );
    }
}
