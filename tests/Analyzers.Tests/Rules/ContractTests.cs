using Analyzers.Tests.Running;

namespace Analyzers.Tests.Rules;

public sealed class ContractTests
{
    private const string File = "// src/Modules/Orders/Orders.Contracts/Sample.cs\n";

    [Fact]
    public Task Contracts_are_immutable_plain_data() =>
        Marked.Code(
            File
                + """
                namespace Orders.Contracts;

                public sealed record Line(string Sku)
                {
                    public int {|MM0005:Quantity|} { get; set; }
                    public int {|MM0005:Loose|};
                    public readonly int Fixed;
                    public static int {|MM0005:Shared|};
                    public List<string> {|MM0005:List|} { get; init; } = [];
                    public string[] {|MM0005:Array|} { get; init; } = [];
                    public IEnumerable<string> {|MM0005:Lazy|} { get; init; } = [];
                    public IList<string> {|MM0005:Writable|} { get; init; } = [];
                    public Dictionary<string, string> {|MM0005:Map|} { get; init; } = [];
                    public IReadOnlyList<object> {|MM0005:Objects|} { get; init; } = [];
                    public object? {|MM0005:Anything|} { get; init; }
                    public dynamic? {|MM0005:Dynamic|} { get; init; }
                    public Func<int>? {|MM0005:Code|} { get; init; }
                    public Stream? {|MM0005:Bytes|} { get; init; }
                    public IDisposable? {|MM0005:Interface|} { get; init; }
                    public Exception? {|MM0005:Exception|} { get; init; }
                    public NpgsqlTypes.NpgsqlRange<int> {|MM0005:Range|} { get; init; }
                    public Task? {|MM0005:Task|} { get; init; }
                    public System.Text.Json.JsonElement {|MM0005:Json|} { get; init; }
                    public event EventHandler? {|MM0005:Changed|};
                }

                public delegate void {|MM0005:Notify|}(string text);

                public interface {|MM0005:IOrders|}
                {
                    Line Find(Guid id);
                }

                public sealed class Holder<T>
                {
                    public T? {|MM0005:Value|} { get; init; }
                }
                """.Replace(
                    "            public event EventHandler? {|MM0005:Changed|};\n",
                    "#pragma warning disable CS0067\n            public event EventHandler? {|MM0005:Changed|};\n",
                    StringComparison.Ordinal
                )
        );

    [Fact]
    public Task Another_modules_types_do_not_belong_into_contracts() =>
        Marked.Code(
            """
            // src/Modules/Orders/Orders.Contracts/Sample.cs
            namespace Orders.Contracts;

            public sealed record Line(NpgsqlTypes.NpgsqlPoint {|MM0005:Where|}, IReadOnlyList<Uri> Links, BuildingBlocks.EventLog.Events.EventContext? {|MM0005:Context|});
            """
        );

    [Fact]
    public Task Plain_data_of_every_form_is_fine() =>
        Marked.Code(
            File
                + """
                namespace Orders.Contracts
                {
                    public enum Status { Placed, Paid }

                    public static class Currencies
                    {
                        public const string Euro = "EUR";
                        public static readonly string Dollar = "USD";
                        public static IReadOnlyList<string> All { get; } = [Euro, Dollar];
                    }

                    public interface IOrderEvent : IIntegrationEvent
                    {
                        Guid OrderId { get; }
                    }

                    public readonly record struct Money(long AmountMinor, string Currency);

                    public sealed class Window
                    {
                        public required DateTimeOffset From { get; init; }
                        public TimeSpan? Length { get; init; }
                        private readonly List<int> cache = [];
                    }

                    public abstract record Common(Guid OrderId)
                    {
                        public DayOfWeek Day { get; init; }
                        public double Rate { get; init; }
                    }

                    [IntegrationEvent("order.placed", version: 12)]
                    public sealed record OrderPlacedV12(
                        Guid OrderId, Money Total, Status? Status, IReadOnlyList<Money> Items, IReadOnlyDictionary<string, Money> ByName, DateOnly? Due,
                        System.Collections.Immutable.ImmutableArray<int> Numbers, Window? Window, decimal Tax, char Mark) : IOrderEvent, IUpcast<OrderPlacedV11, OrderPlacedV12>
                    {
                        public string Key => OrderId.ToString();

                        [System.Text.Json.Serialization.JsonIgnore]
                        public IEnumerable<Money> Odd => Items.Where(one => one.AmountMinor % 2 == 1);

                        public static OrderPlacedV12 Upcast(OrderPlacedV11 older) => new(older.OrderId, default, null, [], new Dictionary<string, Money>(), null, [], null, 0, 'a');
                    }

                    [IntegrationEvent("order.placed", version: 11)]
                    public sealed record OrderPlacedV11(Guid OrderId) : Common(OrderId), IIntegrationEvent
                    {
                        public string Key => OrderId.ToString();
                    }

                    public sealed record OrderAnswer(Guid OrderId);

                    public sealed record AskOrder(Guid OrderId) : IModuleQuery<OrderAnswer>;

                    [AttributeUsage(AttributeTargets.Property)]
                    public sealed class PersonalDataAttribute : Attribute
                    {
                        public string Purpose { get; set; } = "";
                    }
                }
                """
        );

    [Fact]
    public Task An_event_is_a_sealed_record_with_a_name_and_a_version() =>
        Marked.Code(
            File
                + """
                namespace Orders.Contracts;

                public sealed record {|MM0006:NamelessV1|}(string Key) : IIntegrationEvent;

                [IntegrationEvent("order.open", version: 1)]
                public record {|MM0006:OpenV1|}(string Key) : IIntegrationEvent;

                [IntegrationEvent("order.class", version: 1)]
                public sealed class {|MM0006:ClassV1|} : IIntegrationEvent
                {
                    public string Key => "";
                }

                [IntegrationEvent("order.generic", version: 1)]
                public sealed record {|MM0006:GenericV1|}<T>(string Key) : IIntegrationEvent;

                [IntegrationEvent("Order.Shouted", version: 1)]
                public sealed record {|MM0006:ShoutedV1|}(string Key) : IIntegrationEvent;

                [IntegrationEvent("shortname", version: 1)]
                public sealed record {|MM0006:ShortV1|}(string Key) : IIntegrationEvent;

                [IntegrationEvent("order.zero", version: 0)]
                public sealed record {|MM0006:ZeroV0|}(string Key) : IIntegrationEvent;

                [IntegrationEvent("order.moved", version: 2)]
                public sealed record {|MM0006:OrderMovedV1|}(string Key) : IIntegrationEvent;

                [IntegrationEvent("order.unversioned", version: 1)]
                public sealed record {|MM0006:OrderUnversioned|}(string Key) : IIntegrationEvent;

                [IntegrationEvent("order.twice", version: 1)]
                public sealed record OrderTwiceAV1(string Key) : IIntegrationEvent;

                [IntegrationEvent("order.twice", version: 1)]
                public sealed record {|MM0006:OrderTwiceBV1|}(string Key) : IIntegrationEvent;
                """
        );
}
