using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildingBlocks.Web;

/// <summary>
/// Reads a time only with its offset: without one it would be taken for the time of the machine that reads it.
/// </summary>
internal sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    private const int DateLength = 10;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var instant = reader.GetDateTimeOffset();
        return reader.GetString() is { Length: > DateLength } text && text.AsSpan(DateLength).IndexOfAny("Zz+-") >= 0
            ? instant
            : throw new JsonException("Date without an offset.");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}
