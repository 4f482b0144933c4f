using System.Globalization;
using Analyzers.Tests.Guard;
using Analyzers.Tests.Running;

namespace Analyzers.Tests.Rules;

/// <summary>docs/rules says what the rules do.</summary>
public sealed class RulePageTests(GuardRun guard)
{
    /// <summary>What the examples take for granted.</summary>
    private const string World = """
        // src/Modules/Orders/Orders.Contracts/OrderPlacedV1.cs
        namespace Orders.Contracts;

        [IntegrationEvent("order.placed", version: 1)]
        public sealed record OrderPlacedV1(Guid OrderId) : IIntegrationEvent
        {
            public string Key => OrderId.ToString();
        }

        // src/Modules/Orders/Orders/Usings.cs
        global using Orders.Contracts;
        global using Orders.Domain;
        global using Orders.Persistence;

        // src/Modules/Orders/Orders/Domain/Order.cs
        namespace Orders.Domain;

        internal sealed class Order
        {
            public Guid Id { get; private set; }

            public static Order For(string sku) => new() { Id = new Guid(sku) };
        }

        // src/Modules/Orders/Orders/Persistence/OrdersDbContext.cs
        namespace Orders.Persistence;

        internal sealed class OrdersDbContext(DbContextOptions<OrdersDbContext> options) : ModuleDbContext(options, "orders");

        // src/Modules/Catalog/Catalog/CatalogModule.cs
        namespace Catalog;

        // src/Modules/Inventory/Inventory/Domain/StockLevel.cs
        namespace Inventory.Domain;

        public sealed class StockLevel
        {
            public int OnHand { get; private set; }
        }

        // src/Modules/Inventory/Inventory.Contracts/StockAdjustedV1.cs
        namespace Inventory.Contracts;

        [IntegrationEvent("stock.adjusted", version: 1)]
        public sealed record StockAdjustedV1(string Sku, int OnHand) : IIntegrationEvent
        {
            public string Key => Sku;
        }

        // src/Modules/Inventory/Inventory.Contracts/Queries/FindStock.cs
        namespace Inventory.Contracts.Queries;

        public sealed record StockFound(int OnHand);

        public sealed record FindStock(string Sku) : IModuleQuery<StockFound>;
        """;

    public static IEnumerable<TheoryDataRow<string>> Pages => RulePages.Ids.Select(id => new TheoryDataRow<string>(id));

    public static IEnumerable<TheoryDataRow<string>> Examples =>
        RulePages.Examples.Select(example => new TheoryDataRow<string>(example.Name));

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_is_reported_when_it_is_bad_and_only_then(string name)
    {
        var example = RulePages.Examples.Single(one => string.Equals(one.Name, name, StringComparison.Ordinal));
        var rules = example.Language is "xml"
            ? GuardRules(name)
            : (await CodeRules(example)).Distinct(StringComparer.Ordinal).ToArray();

        rules.ShouldBe(example.IsBad ? [example.Rule] : []);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_has_bad_and_good_code_and_says_why(string rule)
    {
        var examples = RulePages
            .Examples.Where(example => string.Equals(example.Rule, rule, StringComparison.Ordinal))
            .ToArray();
        examples.ShouldContain(example => example.IsBad);
        examples.ShouldContain(example => !example.IsBad);
        Repository.Read($"docs/rules/{rule}.md").ShouldContain("**Why.**");
        Repository
            .Read("docs/rules/README.md")
            .ShouldContain($"| [{rule}]({rule}.md) | {RulePages.TitleOf(rule)[$"# {rule} ".Length..]} |");
    }

    [Fact]
    public void Every_rule_has_its_page_and_the_page_its_title()
    {
        foreach (var rule in Analysis.Descriptors.Values)
        {
            RulePages.Ids.ShouldContain(rule.Id, StringComparer.Ordinal);
            RulePages.TitleOf(rule.Id).ShouldBe($"# {rule.Id} {rule.Title.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    private static async Task<IEnumerable<string>> CodeRules(RuleExample example)
    {
        var files = MarkedSource
            .Parse(example.Text)
            .Files.Concat(MarkedSource.Parse(World).Files)
            .DistinctBy(file => file.Key, StringComparer.Ordinal)
            .ToDictionary(file => file.Key, file => file.Value, StringComparer.Ordinal);
        return (await Analysis.OfSamples(files, "Orders sees Inventory")).Select(finding => finding.Rule);
    }

    private string[] GuardRules(string name) =>
        [.. guard.ErrorsOf(name).Select(error => error.Split("error ")[1][..6]).Distinct(StringComparer.Ordinal)];
}
