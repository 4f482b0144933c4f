using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using BuildingBlocks.EventLog.Feeds;

namespace BuildingBlocks.Feeds;

/// <summary>How an answer is written to the wire and read from it.</summary>
internal static class FeedJson
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
    };

    public static ReadOnlyMemory<byte> Write(FeedAnswer answer)
    {
        ArrayBufferWriter<byte> buffer = new();
        using Utf8JsonWriter json = new(buffer, Writing);
        json.WriteStartObject();
        json.WriteString("module", answer.Module);
        json.WriteString("epoch", answer.Epoch);
        json.WriteNumber("firstSeq", answer.FirstSeq);
        json.WriteNumber("nextSeq", answer.NextSeq);
        if (answer.AsOf is { } asOf)
        {
            json.WriteString("asOf", asOf);
        }

        json.WriteStartArray("events");
        foreach (var happened in answer.Events)
        {
            Write(json, happened);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <exception cref="JsonException">It is no answer.</exception>
    public static FeedAnswer Read(ReadOnlySpan<byte> body)
    {
        var read = JsonSerializer.Deserialize<Answer>(body, Reading) ?? throw new JsonException("The answer is null.");
        return new(
            read.Module,
            read.Epoch,
            read.FirstSeq,
            read.NextSeq,
            read.AsOf?.ToUniversalTime(),
            [.. read.Events.Select(EventOf)]
        );
    }

    private static void Write(Utf8JsonWriter json, FeedEvent happened)
    {
        json.WriteStartObject();
        json.WriteNumber("seq", happened.Seq);
        json.WriteNumber("position", happened.Position);
        json.WriteString("txId", happened.TxId);
        json.WriteString("id", happened.Id);
        json.WriteString("type", happened.Type);
        json.WriteNumber("version", happened.Version);
        json.WriteString("key", happened.Key);
        json.WriteString("correlationId", happened.CorrelationId);
        if (happened.CausationId is { } cause)
        {
            json.WriteString("causationId", cause);
        }

        if (happened.TraceParent is { } trace)
        {
            json.WriteString("traceParent", trace);
        }

        json.WriteString("occurredAt", happened.OccurredAt);
        if (happened.Payload is { } payload)
        {
            json.WritePropertyName("payload");
            json.WriteRawValue(payload, skipInputValidation: true);
        }

        json.WriteEndObject();
    }

    private static FeedEvent EventOf(Event read) =>
        new(
            read.Seq,
            read.Position,
            ulong.TryParse(read.TxId, out _) ? read.TxId : throw new JsonException($"'{read.TxId}' is no transaction."),
            read.Id,
            read.Type,
            read.Version,
            read.Key,
            read.Payload is { } payload ? PayloadOf(read, payload) : null,
            read.CorrelationId,
            read.CausationId,
            read.TraceParent,
            read.OccurredAt.ToUniversalTime()
        );

    private static string PayloadOf(Event read, JsonElement payload) =>
        payload.ValueKind == JsonValueKind.Object
            ? payload.GetRawText()
            : throw new JsonException($"The payload of event {read.Seq} is no object.");

    private sealed record Answer(
        string Module,
        Guid Epoch,
        long FirstSeq,
        long NextSeq,
        IReadOnlyList<Event> Events,
        DateTimeOffset? AsOf = null
    );

    private sealed record Event(
        long Seq,
        long Position,
        string TxId,
        Guid Id,
        string Type,
        short Version,
        string Key,
        string CorrelationId,
        DateTimeOffset OccurredAt,
        string? CausationId = null,
        string? TraceParent = null,
        JsonElement? Payload = null
    );
}
