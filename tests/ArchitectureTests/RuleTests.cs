using BuildingBlocks.Testing.Architecture;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetArchTest.Rules;

namespace ArchitectureTests;

/// <summary>The rules themselves, on small modules that are compiled for the purpose.</summary>
public sealed class RuleTests : IDisposable
{
    private const string Inventory = """
        namespace Inventory.Domain
        {
            public class StockLevel { public int OnHand; public static int Total() => 0; }
            public interface ICounted { }
            public class NoStock : System.Exception { }
            public class CountedAttribute : System.Attribute { public CountedAttribute(System.Type type = null) { } }
            public class Box<T> { }
            public enum Shelf { Upper }
            public delegate void Counted(int pieces);
        }
        """;

    private const string UseCase = """
        #pragma warning disable
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using BuildingBlocks.Application;
        using BuildingBlocks.Web;
        using Orders.Domain;

        namespace BuildingBlocks.Application
        {
            public class Error { public static Error NotFound(string code, string detail) => new Error(); }
            public interface ICommandHandler<TCommand, TAnswer> { Task<TAnswer> Handle(TCommand command); }
        }
        namespace BuildingBlocks.Web
        {
            public interface IEndpoint { static abstract void Map(Routes routes); }
            public class Routes { public Routes Post(System.Func<object> handle) => this; public void Refuses(params Error[] refusals) { } }
            public static class Responses { public static object Ok(object request) => request; }
        }
        namespace BuildingBlocks.Modules
        {
            public class Module { }
            public class ModuleBuilder { public ModuleBuilder Refuses(string constraint, Error refusal) => this; }
        }
        namespace FluentValidation { public class AbstractValidator<T> { } }
        namespace Orders
        {
            class OrdersModule : BuildingBlocks.Modules.Module
            {
                void Configure(BuildingBlocks.Modules.ModuleBuilder module) => module.Refuses("orders_pkey", OrderErrors.Taken).Refuses("notes_pkey", OrderErrors.Unknown);
            }
        }
        namespace Orders.Domain
        {
            static class OrderErrors
            {
                public static Error Unknown { get; } = Error.NotFound("orders.unknown", "");
                public static Error Taken { get; } = Error.NotFound("orders.taken", "");
                public static Error TooMany(int pieces) => Error.NotFound("orders.too-many", "");
            }
            class Order { }
            interface IRule { Error Broken(); }
            class Rule : IRule { public Error Broken() => OrderErrors.Unknown; }
        }
        namespace Orders.Features
        {
            class Checked { }
            class CheckedValidator : FluentValidation.AbstractValidator<Checked> { public CheckedValidator() => System.GC.KeepAlive(OrderErrors.TooMany(1)); }
            class PlaceOrder { }
            class PlaceOrderHandler : ICommandHandler<PlaceOrder, object> { public async Task<object> Handle(PlaceOrder command) { await Task.Yield(); HANDLING } }
            class PlaceOrderEndpoint : IEndpoint
            {
                public static void Map(Routes routes) => routes.Post(() => Responses.Ok(new PlaceOrder())).Refuses(DECLARED);
            }
        }
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("architecture-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("class A : Inventory.Domain.StockLevel { }", "Orders.A", "StockLevel")]
    [InlineData("class A : Inventory.Domain.ICounted { }", "Orders.A", "ICounted")]
    [InlineData("class A { Inventory.Domain.StockLevel stock; }", "Orders.A", "StockLevel")]
    [InlineData("class A { public Inventory.Domain.StockLevel Stock { get; set; } }", "Orders.A", "StockLevel")]
    [InlineData("class A { void M(Inventory.Domain.StockLevel stock) { } }", "Orders.A.M", "StockLevel")]
    [InlineData("class A { Inventory.Domain.Shelf M() => default; }", "Orders.A.M", "Shelf")]
    [InlineData(
        "class A { void M(Inventory.Domain.StockLevel[][] stock, ref Inventory.Domain.Shelf shelf) { } }",
        "Orders.A.M",
        "Shelf"
    )]
    [InlineData("class A { object M() => new Inventory.Domain.StockLevel(); }", "Orders.A.M", "StockLevel")]
    [InlineData("class A { int M() => Inventory.Domain.StockLevel.Total(); }", "Orders.A.M", "StockLevel")]
    [InlineData("class A { int M(object o) => ((Inventory.Domain.StockLevel)o).OnHand; }", "Orders.A.M", "StockLevel")]
    [InlineData("class A { bool M(object o) => o is Inventory.Domain.ICounted; }", "Orders.A.M", "ICounted")]
    [InlineData("class A { System.Type M() => typeof(Inventory.Domain.StockLevel); }", "Orders.A.M", "StockLevel")]
    [InlineData(
        "class A { System.Func<int> M() => () => Inventory.Domain.StockLevel.Total(); }",
        "Orders.A.M",
        "StockLevel"
    )]
    [InlineData(
        "class A { int M() { return Local(); int Local() => Inventory.Domain.StockLevel.Total(); } }",
        "Orders.A.M",
        "StockLevel"
    )]
    [InlineData(
        "class A { async System.Threading.Tasks.Task M() { await System.Threading.Tasks.Task.Yield(); "
            + "Inventory.Domain.StockLevel.Total(); } }",
        "Orders.A.M",
        "StockLevel"
    )]
    [InlineData(
        "class A { System.Collections.Generic.IEnumerable<int> M() { yield return "
            + "Inventory.Domain.StockLevel.Total(); } }",
        "Orders.A.M",
        "StockLevel"
    )]
    [InlineData(
        "class A { System.Collections.Generic.List<Inventory.Domain.StockLevel> stock; }",
        "Orders.A",
        "StockLevel"
    )]
    [InlineData("class A { Inventory.Domain.Box<int> box; }", "Orders.A", "Box")]
    [InlineData("class A<T> where T : Inventory.Domain.ICounted { }", "Orders.A", "ICounted")]
    [InlineData("class A { void M<T>() where T : Inventory.Domain.ICounted { } }", "Orders.A.M", "ICounted")]
    [InlineData(
        "class A { void G<T>() { } void M() => G<Inventory.Domain.StockLevel>(); }",
        "Orders.A.M",
        "StockLevel"
    )]
    [InlineData("[Inventory.Domain.Counted] class A { }", "Orders.A", "CountedAttribute")]
    [InlineData("class A { [Inventory.Domain.Counted] void M() { } }", "Orders.A.M", "CountedAttribute")]
    [InlineData("class A { void M([Inventory.Domain.Counted] int i) { } }", "Orders.A.M", "CountedAttribute")]
    [InlineData("class A { event Inventory.Domain.Counted Changed; }", "Orders.A", "Counted")]
    [InlineData(
        "class A { static readonly int Total = Inventory.Domain.StockLevel.Total(); }",
        "Orders.A",
        "StockLevel"
    )]
    [InlineData(
        "class A { class B { int M() => Inventory.Domain.StockLevel.Total(); } }",
        "Orders.A.B.M",
        "StockLevel"
    )]
    [InlineData("record A(Inventory.Domain.StockLevel Stock);", "Orders.A", "StockLevel")]
    [InlineData(
        "class A { void M() { Inventory.Domain.StockLevel stock = null; System.GC.KeepAlive(stock); } }",
        "Orders.A.M",
        "StockLevel"
    )]
    [InlineData("class A { void M() { try { } catch (Inventory.Domain.NoStock) { } } }", "Orders.A.M", "NoStock")]
    [InlineData("unsafe class A { delegate*<Inventory.Domain.StockLevel, void> pointer; }", "Orders.A", "StockLevel")]
    [InlineData(
        "class UsesAttribute : System.Attribute { public UsesAttribute(System.Type type) { } } "
            + "[Uses(typeof(Inventory.Domain.StockLevel))] class A { }",
        "Orders.A",
        "StockLevel"
    )]
    public void Finds_the_use_of_another_module(string use, string place, string target)
    {
        Build("Inventory", Inventory);
        Build("Orders", $"#pragma warning disable\nnamespace Orders {{ {use} }}", "Inventory");

        var found = Found(ModuleRules.NoUseAcrossModules);

        found.ShouldContain(violation =>
            violation.Module == "Orders"
            && violation.Place == place
            && violation.Target.StartsWith($"Inventory.Domain.{target}", StringComparison.Ordinal)
        );
        found.ShouldAllBe(violation =>
            violation.Problem.Contains("belongs to module Inventory", StringComparison.Ordinal)
            && violation.Problem.Contains("docs/guides/", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Finds_the_use_of_another_modules_type_in_whatever_namespace_and_by_the_assembly_itself()
    {
        Build("Inventory", "public class Loose { } namespace Orders.Domain { public class Guest { } }");
        Build(
            "Orders",
            "[assembly: Orders.Uses(typeof(Loose))] namespace Orders { class A { Loose l; Orders.Domain.Guest g; } "
                + "class UsesAttribute : System.Attribute { public UsesAttribute(System.Type type) { } } }",
            "Inventory"
        );

        Found(ModuleRules.NoUseAcrossModules)
            .Select(violation => (violation.Place, violation.Target))
            .ShouldBe(
                [("Orders.A", "Loose"), ("Orders.A", "Orders.Domain.Guest"), ("Orders", "Loose")],
                ignoreOrder: true
            );
    }

    [Fact]
    public void Leaves_contracts_and_own_types_alone()
    {
        Build("Inventory.Contracts", "namespace Inventory.Contracts { public record StockReserved(int Pieces); }");
        Build("Inventory", Inventory, "Inventory.Contracts");
        Build(
            "Orders",
            "namespace Orders { class Own { } class A : Own { int M(Inventory.Contracts.StockReserved reserved) => "
                + "reserved.Pieces; } }",
            "Inventory.Contracts"
        );

        Found(ModuleRules.NoUseAcrossModules).ShouldBeEmpty();
    }

    [Fact]
    public void Finds_contracts_that_use_more_than_they_may()
    {
        Build(
            "Orders.Contracts",
            "namespace Orders.Contracts { public record OrderPlaced(System.Uri Plain, Mono.Cecil.TypeReference "
                + "Foreign); }",
            "Mono.Cecil"
        );
        Build("Orders", "namespace Orders { class A { } }");

        var found = Found(modules => ModuleRules.ContractsUseOnly(modules, "BuildingBlocks.Contracts"));

        found
            .Select(violation => violation.Target)
            .Distinct(StringComparer.Ordinal)
            .ShouldBe(["Mono.Cecil.TypeReference"]);
    }

    [Fact]
    public void Finds_a_layer_that_uses_what_it_should_not()
    {
        Build(
            "Orders",
            """
            namespace Orders.Persistence { public class OrdersDbContext { } }
            namespace Orders.Domain { class Order { object M() => new Persistence.OrdersDbContext(); } }
            namespace Orders.Features { class PlaceOrder { object M() => new Persistence.OrdersDbContext(); } }
            """
        );

        var found = Found(modules => ModuleRules.LayerUsesNone(modules, "Domain", ["Persistence"], "because"));

        found
            .Select(violation => violation.ToString())
            .Distinct(StringComparer.Ordinal)
            .ShouldBe(["Orders.Domain.Order.M -> Orders.Persistence.OrdersDbContext: because [layers]"]);
    }

    [Fact]
    public void Finds_classes_that_are_neither_sealed_nor_abstract()
    {
        Build(
            "Orders",
            "namespace Orders { class Open { } sealed class Shut { } abstract class Base { } " + "static class S { } }"
        );

        Found(ModuleRules.AllSealed).Select(violation => violation.Place).ShouldBe(["Orders.Open"]);
    }

    [Fact]
    public void Finds_types_that_stand_in_the_namespace_of_something_else()
    {
        Build(
            "Orders.Contracts",
            "namespace Orders.Contracts { public record A; } " + "namespace Orders { public record B; }"
        );
        Build(
            "Orders",
            "namespace Orders { class C { } } namespace Orders.Contracts { class D { } } "
                + "namespace Order { class E { } }"
        );

        Found(ModuleRules.NamespacesAreTheModules)
            .Select(violation => violation.Place)
            .ShouldBe(["Orders.Contracts.D", "Order.E", "Orders.B"], ignoreOrder: true);
    }

    [Fact]
    public void Finds_names_that_say_nothing()
    {
        Build("Orders", "namespace Orders { class OrderManager { } class Managers { } }");

        Found(modules => ModuleRules.NoNamesEndWith(modules, ["Manager"]))
            .Select(violation => violation.Place)
            .ShouldBe(["Orders.OrderManager"]);
    }

    [Fact]
    public void Finds_endpoints_reactions_and_events_out_of_their_place_or_under_another_name()
    {
        Build(
            "BuildingBlocks.Contracts",
            """
            namespace BuildingBlocks.Contracts
            {
                public interface IIntegrationEvent { }
                public class IntegrationEventAttribute : System.Attribute { }
            }
            """
        );
        Build(
            "Orders.Contracts",
            """
            using BuildingBlocks.Contracts;
            namespace Orders.Contracts
            {
                [IntegrationEvent] public record PlacedV1 : IIntegrationEvent;
                [IntegrationEvent] public record Placed : IIntegrationEvent;
                public record PaidV1 : IIntegrationEvent;
            }
            """,
            "BuildingBlocks.Contracts"
        );
        Build(
            "Orders",
            """
            using BuildingBlocks.Web;
            using BuildingBlocks.EventLog.Consuming;
            namespace BuildingBlocks.Web { public interface IEndpoint { } }
            namespace BuildingBlocks.EventLog.Consuming { public interface IReaction<T> { } }
            namespace Orders.Features { class GetEndpoint : IEndpoint { } class Put : IEndpoint { } }
            namespace Orders.Domain { class PostEndpoint : IEndpoint { } }
            namespace Orders.Reactions { class ShipOnPaid : IReaction<int> { } class Ship : IReaction<int> { } }
            namespace Orders.Domain { class SendOnPaid : IReaction<int> { } }
            """
        );

        Found(ModuleRules.KindsHaveTheirPlaceAndName)
            .Select(violation => violation.Place)
            .ShouldBe(
                [
                    "Orders.Features.Put",
                    "Orders.Domain.PostEndpoint",
                    "Orders.Reactions.Ship",
                    "Orders.Domain.SendOnPaid",
                    "Orders.Contracts.Placed",
                    "Orders.Contracts.PaidV1",
                ],
                ignoreOrder: true
            );
    }

    [Fact]
    public void Finds_what_is_public_beside_the_module()
    {
        Build("Orders", "namespace Orders { public class OrdersModule { } public class Leak { } class Hidden { } }");

        Found(modules => ModuleRules.AllInternalBut(modules, "Module"))
            .Select(violation => violation.Place)
            .ShouldBe(["Orders.Leak"]);
    }

    [Fact]
    public void Finds_circles_that_are_not_declared_and_declarations_without_a_circle()
    {
        Build("A.Contracts", "namespace A.Contracts { public class Event { } }");
        Build("B.Contracts", "namespace B.Contracts { public class Event { } }");
        Build("A", "namespace A { class X { B.Contracts.Event e; } }", "B.Contracts");
        Build("B", "namespace B { class X { A.Contracts.Event e; } }", "A.Contracts");
        Build("C", "namespace C { class X { A.Contracts.Event e; } }", "A.Contracts");

        Found(modules => ModuleRules.NoCyclesBut(modules))
            .Select(violation => (violation.Place, violation.Target))
            .ShouldBe([("A.X", "B.Contracts.Event"), ("B.X", "A.Contracts.Event")]);
        Found(modules => ModuleRules.NoCyclesBut(modules, ["B", "A"])).ShouldBeEmpty();
        Found(modules => ModuleRules.NoCyclesBut(modules, ["A", "B"], ["A", "C"]))
            .ShouldHaveSingleItem()
            .Problem.ShouldContain("do not form it any more");
    }

    [Theory]
    [InlineData("return OrderErrors.Unknown;", "", "OrderErrors.Unknown")]
    [InlineData(
        "System.Func<object> late = () => OrderErrors.TooMany(2); return late();",
        "OrderErrors.Unknown",
        "OrderErrors.TooMany",
        "OrderErrors.Unknown"
    )]
    [InlineData(
        "foreach (var fault in Faults()) return fault; return 1; static IEnumerable<Error> Faults() { yield return "
            + "OrderErrors.Unknown; }",
        "",
        "OrderErrors.Unknown"
    )]
    [InlineData("IRule rule = new Rule(); return rule.Broken();", "", "OrderErrors.Unknown")]
    [InlineData("return new Checked();", "", "OrderErrors.TooMany")]
    [InlineData("return new Order();", "", "OrderErrors.Taken")]
    [InlineData("return Error.NotFound(\"orders.gone\", \"\");", "", "BuildingBlocks.Application.Error")]
    [InlineData("return 1;", "OrderErrors.Taken", "OrderErrors.Taken")]
    [InlineData("return OrderErrors.TooMany(2);", "OrderErrors.TooMany(1)")]
    public void Finds_refusals_that_an_endpoint_does_not_declare_or_never_answers_with(
        string handling,
        string declared,
        params string[] targets
    )
    {
        Build(
            "Orders",
            UseCase
                .Replace("HANDLING", handling, StringComparison.Ordinal)
                .Replace("DECLARED", declared, StringComparison.Ordinal)
        );

        var found = Found(modules =>
            RefusalRules.EndpointsDeclareWhatIsRefused(modules, (_, type) =>
                type.EndsWith(".Order", StringComparison.Ordinal) ? "orders" : null
            )
        );

        found.Select(violation => violation.Target).ShouldBe(targets);
    }

    [Fact]
    public void Names_the_module_whose_assembly_is_missing()
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, "modules", "Ghost"));

        Should
            .Throw<FileNotFoundException>(() => Found(ModuleRules.NoUseAcrossModules))
            .Message.ShouldContain("module Ghost");
    }

    [Fact]
    public void Folders_that_use_each_other_in_a_circle_are_named_with_the_places()
    {
        Build(
            "Log",
            """
            namespace Log { public class Service { public Log.Reading.Reader Reader() => null; } }
            namespace Log.Reading { public class Reader { public object Store() => new Log.Storing.Store(); } }
            namespace Log.Storing { public class Store { public Log.Reading.Reader By; } }
            namespace Log.Signals { public class Signal { } }
            """
        );

        Types
            .FromPath(folder.FullName, [folder.FullName])
            .That()
            .AreNotNested()
            .Breaking(new FolderCircles())
            .Select(violation => (violation.Place, violation.Target))
            .ShouldBe(
                [("Log.Reading.Reader.Store", "Log.Storing.Store"), ("Log.Storing.Store", "Log.Reading.Reader")],
                ignoreOrder: true
            );
    }

    private Violation[] Found(Func<CompiledModules, IEnumerable<Violation>> rule)
    {
        using var modules = CompiledModules.In(Path.Combine(folder.FullName, "modules"), folder.FullName);
        return [.. rule(modules)];
    }

    private void Build(string name, string source, params string[] references)
    {
        if (!name.EndsWith(".Contracts", StringComparison.Ordinal))
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, "modules", name));
        }

        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal));
        var others = references
            .Select(reference => Path.Combine(folder.FullName, $"{reference}.dll"))
            .Select(path => File.Exists(path) ? path : Path.Combine(AppContext.BaseDirectory, Path.GetFileName(path)));
        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(source, cancellationToken: TestContext.Current.CancellationToken)],
            platform.Concat(others).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true)
        );
        var result = compilation.Emit(
            Path.Combine(folder.FullName, $"{name}.dll"),
            cancellationToken: TestContext.Current.CancellationToken
        );
        result.Success.ShouldBeTrue(
            string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
        );
    }
}
