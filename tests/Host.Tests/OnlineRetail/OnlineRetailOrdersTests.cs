using BuildingBlocks.Application;
using OnlineRetail;

namespace Host.Tests.OnlineRetail;

/// <summary>Which invoices become which orders, and which rows none.</summary>
public sealed class OnlineRetailOrdersTests
{
    private static readonly DateTimeOffset At = new(2010, 12, 1, 8, 26, 0, TimeSpan.Zero);

    private readonly List<(long Line, string Reason)> rejected = [];
    private readonly Refusals refusals = new();
    private readonly OnlineRetailOrders orders;

    public OnlineRetailOrdersTests() =>
        orders = new(
            (line, reason) =>
            {
                rejected.Add((line.Number, reason.Code));
                return ValueTask.CompletedTask;
            },
            refusals
        );

    [Fact]
    public async Task An_invoice_is_an_order_line_by_line_at_its_earliest_time()
    {
        var order = (
            await Of(
                Line(2) with
                {
                    At = At.AddMinutes(1),
                },
                Line(3) with
                {
                    UnitPrice = 1.99m,
                    Quantity = 3,
                    Description = "",
                },
                Line(4) with
                {
                    StockCode = "BANK CHARGES",
                    UnitPrice = 0,
                }
            )
        )!.Order;

        order.ShouldSatisfyAllConditions(
            () => order.Reference.ShouldBe("536365"),
            () => order.At.ShouldBe(At),
            () => order.IsReturn.ShouldBeFalse(),
            () => order.CustomerName.ShouldBe("Customer 17850"),
            () => order.CustomerCountry.ShouldBe("GB"),
            () =>
                order.Lines.ShouldBe([
                    new("85123A", "LANTERN", 6, 255),
                    new("85123A", "85123A", 3, 199),
                    new("BANK-CHARGES", "LANTERN", 6, 0),
                ])
        );
        rejected.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cancellation_is_a_return_of_as_many_pieces()
    {
        var order = (await Of(Line(2) with { Invoice = "C536379", Quantity = -1 }))!.Order;

        order.IsReturn.ShouldBeTrue();
        order.Lines[0].Quantity.ShouldBe(1);
    }

    [Fact]
    public async Task Who_is_not_named_is_a_guest_of_their_country()
    {
        var (british, irish) = (
            (await Of(Line(2) with { Customer = "" }))!,
            (await Of(Line(3) with { Customer = "", Country = "EIRE" }))!
        );

        british.Order.CustomerName.ShouldBe("Guests from United Kingdom");
        irish.Order.CustomerCountry.ShouldBe("IE");
        irish.Order.CustomerId.ShouldNotBe(british.Order.CustomerId);
    }

    [Fact]
    public async Task Ids_are_the_same_at_every_run_and_those_of_orders_go_by_date()
    {
        var first = (await Of(Line(2)))!.Order;
        var later = (await Of(Line(3) with { Invoice = "536366", At = At.AddDays(1) }))!.Order;

        // Whoever changes how ids are made doubles what was imported before.
        first.OrderId.ShouldBe(new("012ca109-c1c0-7998-8ed3-ca3e1cc9e1d8"));
        first.CustomerId.ShouldBe(later.CustomerId);
        first.OrderId.CompareTo(later.OrderId).ShouldBeLessThan(0);
    }

    [Fact]
    public async Task A_stock_code_in_another_case_is_the_same_product_but_another_code_never()
    {
        var order = (
            await Of(
                Line(2) with
                {
                    StockCode = "15056bl",
                },
                Line(3) with
                {
                    StockCode = "15056BL",
                },
                Line(4) with
                {
                    StockCode = "gift 0001",
                },
                Line(5) with
                {
                    StockCode = "gift-0001",
                }
            )
        )!.Order;

        order.Lines.Select(line => line.Sku).ShouldBe(["15056BL", "15056BL", "GIFT-0001"]);
        rejected.ShouldBe([(5, "stock-code-clash")]);
    }

    public static TheoryData<string, int, decimal, string> FaultyLines =>
        new()
        {
            { "quantity-sign", -1, 2.55m, "85123A" },
            { "quantity-sign", 0, 2.55m, "85123A" },
            { "negative-price", 1, -1m, "85123A" },
            { "price-finer-than-a-penny", 1, 0.001m, "85123A" },
            { "stock-code", 1, 2.55m, " " },
            { "stock-code", 1, 2.55m, ".." },
            { "stock-code", 1, 2.55m, new('X', 41) },
        };

    [Theory]
    [MemberData(nameof(FaultyLines))]
    public async Task Leaves_out_a_line_that_cannot_be_taken_and_takes_the_others(
        string reason,
        int quantity,
        decimal price,
        string stockCode
    )
    {
        var order = (
            await Of(Line(2), Line(3) with { Quantity = quantity, UnitPrice = price, StockCode = stockCode })
        )!.Order;

        order.Lines.Count.ShouldBe(1);
        rejected.ShouldBe([(3, reason)]);
    }

    [Fact]
    public async Task Leaves_out_lines_of_somebody_else()
    {
        (
            await Of(Line(2), Line(3) with { Customer = "1" }, Line(4) with { Country = "EIRE" })
        )!.Order.Lines.Count.ShouldBe(1);

        rejected.ShouldBe([(3, "several-customers"), (4, "several-customers")]);
    }

    [Theory]
    [InlineData("A563185", "17850", "United Kingdom", 2.55, "bad-debt")]
    [InlineData("X1", "17850", "United Kingdom", 2.55, "invoice-number")]
    [InlineData("", "17850", "United Kingdom", 2.55, "invoice-number")]
    [InlineData("536365", "17850", "Unspecified", 2.55, "country-without-code")]
    [InlineData("536365", "17850", "European Community", 2.55, "country-without-code")]
    [InlineData("536365", "", "United Kingdom", 0, "stock-correction")]
    public async Task Leaves_out_a_whole_invoice(
        string invoice,
        string customer,
        string country,
        double price,
        string reason
    )
    {
        var line = Line(2) with
        {
            Invoice = invoice,
            Customer = customer,
            Country = country,
            UnitPrice = (decimal)price,
        };

        (await Of(line, line with { Number = 3 })).ShouldBeNull();

        rejected.ShouldBe([(2, reason), (3, reason)]);
    }

    [Fact]
    public async Task Goods_given_away_are_taken()
    {
        (await Of(Line(2) with { UnitPrice = 0 })).ShouldNotBeNull("This customer is known.");
        (
            await Of(Line(3) with { UnitPrice = 0, Customer = "" }, Line(4) with { Customer = "" })
        )!.Order.Lines.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_invoice_that_costs_more_than_an_order_can_is_left_out()
    {
        (
            await Of([
                .. Enumerable
                    .Range(2, 11)
                    .Select(number => Line(number) with { Quantity = 1_000_000, UnitPrice = 1_000_000m }),
            ])
        ).ShouldBeNull();

        rejected.ShouldAllBe(one => one.Reason == "too-large");
    }

    [Fact]
    public async Task No_row_is_rejected_twice()
    {
        (
            await Of(Line(2) with { Quantity = 0 }, Line(3) with { Quantity = int.MaxValue, UnitPrice = 1_000_000m })
        ).ShouldBeNull();

        rejected.ShouldBe([(2, "quantity-sign"), (3, "too-large")]);
    }

    [Fact]
    public async Task Leaves_out_lines_of_products_and_invoices_of_customers_that_their_modules_refuse()
    {
        refusals.Add("BAD", RejectReason.Of(Error.Invalid("catalog.bad", "Not a product.")));
        (await Of(Line(2), Line(3) with { StockCode = "bad" }))!.Rows.Select(row => row.Number).ShouldBe([2]);
        refusals.Add(
            (await Of(Line(4)))!.Order.CustomerId,
            RejectReason.Of(Error.Invalid("customers.bad", "Not a customer."))
        );
        (await Of(Line(5), Line(6) with { StockCode = "bad" })).ShouldBeNull();

        rejected.ShouldBe([(3, "catalog.bad"), (6, "catalog.bad"), (5, "customers.bad")]);
    }

    [Theory]
    [InlineData("536365,A,B,x,2010-12-01 08:26:00,2.55,17850.0,United Kingdom")]
    [InlineData("536365,A,B,6,2010-12-01T08:26:00,2.55,17850.0,United Kingdom")]
    [InlineData("536365,A,B,6,2010-12-01 08:26:00,,17850.0,United Kingdom")]
    [InlineData("536365,A,B,6,2010-12-01 08:26:00,2.55,Ada,United Kingdom")]
    [InlineData("536365,A,B,99999999999,2010-12-01 08:26:00,2.55,17850.0,United Kingdom")]
    [InlineData("536365,A,B\u0000,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom")]
    [InlineData("536365,A,B,6,2010-12-01 08:26:00,2.55,17850.0")]
    [InlineData("")]
    public async Task A_row_with_a_field_that_cannot_be_is_unreadable(string row)
    {
        CsvReader reader = new(new StringReader(row + "\n"));
        await reader.ReadAsync(TestContext.Current.CancellationToken);

        OnlineRetailLine.Read(reader).ShouldBeNull();
    }

    private ValueTask<OnlineRetailOrder?> Of(params OnlineRetailLine[] lines) => orders.OfAsync(lines);

    private static OnlineRetailLine Line(long number) =>
        new(number, "536365", "85123A", "LANTERN", 6, At, 2.55m, "17850", "United Kingdom");
}
