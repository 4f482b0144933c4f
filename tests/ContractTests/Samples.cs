using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BuildingBlocks.Contracts;

// Marked violations: each class is what a hasty change makes of Published. The names of the records inside must be
// alike.
#pragma warning disable MA0016

namespace ContractTests.Samples;

public enum Shelf
{
    Upper,
    Lower,
}

public static class Published
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        int Grams,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated = false
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, int Readings);
}

public static class Same
{
    /// <summary>Told otherwise, in another order.</summary>
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        string Sku,
        Guid StockId,
        int Grams,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        Scale[] Scales,
        Dictionary<string, int> Parts,
        bool Estimated = false
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, int Readings);
}

public static class Additive
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        int Grams,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated = false,
        string? WeighedBy = null
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();

        public string? Room { get; init; }
    }

    public sealed record Scale(string Name, int Readings, int? Drift = null);
}

public static class Removed
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated = false
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, int Readings);
}

public static class Renamed
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        int Weight,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated = false
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, int Readings);
}

public static class RenamedOnTheWire
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        [property: JsonPropertyName("weight")] int Grams,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated = false
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, int Readings);
}

public static class Hidden
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        [property: JsonIgnore] int Grams,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated = false
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, int Readings);
}

public static class InQuotes
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        [property: JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
            int Grams,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated = false
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, int Readings);
}

/// <summary>Every member has another type.</summary>
public static class Retyped
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        string StockId,
        int Sku,
        long Grams,
        DateTime WeighedAt,
        bool? Note,
        Bin Shelf,
        IReadOnlyList<string> Scales,
        IReadOnlyDictionary<string, long> Parts,
        string Estimated = "no"
    ) : IIntegrationEvent
    {
        public string Key => StockId;
    }

    public enum Bin : byte
    {
        Upper,
        Lower,
    }
}

public static class NoLongerNull
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        int Grams,
        DateTimeOffset WeighedAt,
        string Note,
        Shelf Shelf,
        IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated = false
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, int Readings);
}

/// <summary>Every member is weaker, or says something else by its absence.</summary>
public static class Weakened
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string? Sku,
        int? Grams,
        DateTimeOffset WeighedAt,
        Shelf Shelf,
        IReadOnlyList<Scale?> Scales,
        IReadOnlyDictionary<string, int?> Parts,
        string? Note = null,
        bool Estimated = true
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, int Readings);
}

public static class Demanding
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        int Grams,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated,
        string? WeighedBy
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, int Readings);
}

public static class WithinARecord
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        int Grams,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated = false
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, decimal Readings, string Maker);
}

public static class OtherValues
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        int Grams,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated = false
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, int Readings);

    public enum Shelf
    {
        Lower,
        Upper,
    }
}

public static class OtherName
{
    [IntegrationEvent("stock.measured", version: 1)]
    public sealed record StockWeighedV1(Guid StockId) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }
}

public static class OtherVersion
{
    [IntegrationEvent("stock.weighed", version: 2)]
    public sealed record StockWeighedV1(Guid StockId) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }
}

public static class OtherEvent
{
    [IntegrationEvent("stock.counted", version: 1)]
    public sealed record StockCountedV1(Guid StockId) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }
}

public static class OtherKey
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        int Grams,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated = false
    ) : IIntegrationEvent
    {
        public string Key => Sku;
    }

    public sealed record Scale(string Name, int Readings);
}

public static class Converted
{
    [IntegrationEvent("stock.tagged", version: 1)]
    public sealed record StockTaggedV1(
        Guid StockId,
        [property: JsonConverter(typeof(AsSeen))] string Tag,
        object Anything
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed class AsSeen : JsonConverter<string>
    {
        public override string? Read(
            ref System.Text.Json.Utf8JsonReader reader,
            Type typeToConvert,
            System.Text.Json.JsonSerializerOptions options
        ) => reader.GetString();

        public override void Write(
            System.Text.Json.Utf8JsonWriter writer,
            string value,
            System.Text.Json.JsonSerializerOptions options
        ) => writer.WriteNumberValue(value.Length);
    }
}

public static class Next
{
    [IntegrationEvent("stock.weighed", version: 2)]
    public sealed record StockWeighedV2(Guid StockId, long Milligrams)
        : IIntegrationEvent,
            IUpcast<Published.StockWeighedV1, StockWeighedV2>
    {
        public string Key => StockId.ToString();

        public static StockWeighedV2 Upcast(Published.StockWeighedV1 older) => new(older.StockId, older.Grams * 1000L);
    }
}

public static class NotLifted
{
    [IntegrationEvent("stock.weighed", version: 2)]
    public sealed record StockWeighedV2(Guid StockId, long Milligrams) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }
}

public static class LiftedElsewhere
{
    [IntegrationEvent("stock.weighed", version: 2)]
    public sealed record StockWeighedV2(Guid StockId, long Milligrams)
        : IIntegrationEvent,
            IUpcast<Published.StockWeighedV1, StockWeighedV2>
    {
        public string Key => StockId.ToString();

        public static StockWeighedV2 Upcast(Published.StockWeighedV1 older) =>
            new(Guid.CreateVersion7(), older.Grams * 1000L);
    }
}

public static class Ruled
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        [Range(1, 1000)] int Grams,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        [MinLength(1)] IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated = false
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, int Readings);
}

public static class RuledMore
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        [Range(1, 900)] int Grams,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        [Length(1, 3)] IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated = false
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, int Readings);
}

public static class RuledLess
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        [Range(1, 2000)] int Grams,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated = false
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, int Readings);
}

public static class RuledOut
{
    [IntegrationEvent("stock.weighed", version: 1)]
    public sealed record StockWeighedV1(
        Guid StockId,
        string Sku,
        [Range(2, 1000)] int Grams,
        DateTimeOffset WeighedAt,
        string? Note,
        Shelf Shelf,
        IReadOnlyList<Scale> Scales,
        IReadOnlyDictionary<string, int> Parts,
        bool Estimated = false
    ) : IIntegrationEvent
    {
        public string Key => StockId.ToString();
    }

    public sealed record Scale(string Name, int Readings);
}
