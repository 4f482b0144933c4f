using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;
using Xunit;

namespace BuildingBlocks.Testing.Contracts;

/// <summary>
/// An event as it stands in an outbox, in a file that is never changed: whatever becomes of the code, what was once
/// stored is read. The payload stands there in the very text in which PostgreSQL gives it back.
/// </summary>
public sealed class StoredExample
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private StoredExample(EventContext context, string payload) => (Context, Payload) = (context, payload);

    /// <summary>The text of the payload.</summary>
    public string Payload { get; }

    /// <summary>Wire name and version: <c>order.confirmed 2</c>.</summary>
    public string Title => string.Create(CultureInfo.InvariantCulture, $"{Context.Type} {Context.Version}");

    internal EventContext Context { get; }

    /// <summary>The event as it leaves the installation.</summary>
    public string ToCloudEvent() => CloudEventForm.Of(Context, Payload);

    internal bool IsOf(EventContract contract) =>
        string.Equals(Context.Type, contract.Name, StringComparison.Ordinal) && Context.Version == contract.Version;

    internal static StoredExample Read(string path)
    {
        using var stored = JsonDocument.Parse(File.ReadAllText(path));
        var row = stored.RootElement;
        return new(
            new(
                row.GetProperty("event_id").GetGuid(),
                row.GetProperty("source").GetString()!,
                row.GetProperty("event_type").GetString()!,
                row.GetProperty("event_version").GetInt16(),
                row.GetProperty("key").GetString()!,
                row.GetProperty("correlation_id").GetString()!,
                row.GetProperty("causation_id").GetString(),
                row.GetProperty("trace_parent").GetString(),
                row.GetProperty("occurred_at").GetDateTimeOffset()
            ),
            row.GetProperty("payload").GetRawText()
        );
    }

    /// <summary>One whose members all have values.</summary>
    /// <param name="contract">Its version.</param>
    /// <param name="source">The name of the module that publishes it.</param>
    /// <param name="asStored">Gives JSON back as the database does.</param>
    internal static async Task<StoredExample> Make(
        EventContract contract,
        string source,
        Func<string, Task<string>> asStored
    )
    {
        var example = EventExample.Of(contract.Type);
        EventContext context = new(
            Guid.CreateVersion7(),
            source,
            contract.Name,
            contract.Version,
            example.Key,
            CorrelationId: Guid.CreateVersion7().ToString(),
            CausationId: Guid.CreateVersion7().ToString(),
            TraceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            OccurredAt: new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero)
        );
        return new(context, await asStored(EventSerializer.Serialize(example)));
    }

    /// <summary>The file's text.</summary>
    internal string ToText()
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text, Indented))
        {
            json.WriteStartObject();
            json.WriteString("source", Context.Source);
            json.WriteString("event_id", Context.EventId);
            json.WriteString("event_type", Context.Type);
            json.WriteNumber("event_version", Context.Version);
            json.WriteString("key", Context.Key);
            json.WritePropertyName("payload");
            json.WriteRawValue(Payload);
            json.WriteString("correlation_id", Context.CorrelationId);
            json.WriteString("causation_id", Context.CausationId);
            json.WriteString("trace_parent", Context.TraceParent);
            json.WriteString("occurred_at", Context.OccurredAt);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray()) + "\n";
    }

    /// <summary>
    /// What is wrong when the code of today reads it: first as its own version, then lifted to the newest.
    /// </summary>
    internal IEnumerable<string> Faults(EventContract contract, EventCatalog catalog, short newest)
    {
        IIntegrationEvent? read = null;
        if (
            Record.Exception(() =>
            {
                read = EventSerializer.Deserialize(Payload, contract.Type);
            }) is
            { } unreadable
        )
        {
            return [$"cannot be read any more ({OneLine(unreadable)})"];
        }

        var lost = Lost("", JsonNode.Parse(Payload), JsonNode.Parse(EventSerializer.Serialize(read!)))
            .Select(member => $"loses the value of {member} when it is read")
            .ToList();
        if (!string.Equals(read!.Key, Context.Key, StringComparison.Ordinal))
        {
            lost.Add($"has the key {read.Key} when it is read, and had {Context.Key}; order is promised per key");
        }

        return [.. lost, .. EditFaults(contract.Type), .. LiftFaults(catalog, newest)];
    }

    /// <summary>What an operator reads of a parked event can be sent back as it is.</summary>
    private IEnumerable<string> EditFaults(Type type)
    {
        var payload = JsonElement.Parse(Payload);
        return PayloadCheck
            .Of(payload, type, before: default)
            .Values.SelectMany(faults => faults)
            .Select(fault => $"is refused when an operator sends it back: {fault}");
    }

    private IEnumerable<string> LiftFaults(EventCatalog catalog, short newest)
    {
        IIntegrationEvent? lifted = null;
        if (
            Record.Exception(() =>
            {
                lifted = catalog.Read(Context.Type, Context.Version, Payload);
            }) is
            { } failure
        )
        {
            yield return $"cannot be lifted to version {newest.ToString(CultureInfo.InvariantCulture)} "
                + $"({OneLine(failure)})";
            yield break;
        }

        if (EventName.Of(lifted!.GetType()).Version != newest)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"is not lifted to version {newest}; let every version implement IUpcast from the one before"
            );
        }
        else if (!string.Equals(lifted.Key, Context.Key, StringComparison.Ordinal))
        {
            yield return $"has the key {lifted.Key} when it is lifted, and had {Context.Key}";
        }
    }

    /// <summary>Members that were stored and do not come back; what was added since may be there.</summary>
    private static IEnumerable<string> Lost(string path, JsonNode? stored, JsonNode? back) =>
        (stored, back) switch
        {
            (JsonObject was, JsonObject now) => was.SelectMany(member =>
                Lost(path.Length == 0 ? member.Key : $"{path}.{member.Key}", member.Value, now[member.Key])
            ),
            (JsonArray was, JsonArray now) when was.Count == now.Count => was.SelectMany(
                (element, index) => Lost($"{path}[]", element, now[index])
            ),
            _ => JsonNode.DeepEquals(stored, back) ? [] : [path],
        };

    private static string OneLine(Exception failure) => failure.Message.ReplaceLineEndings(" ");
}
