using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.Modules;

namespace BuildingBlocks.Testing.Contracts;

/// <summary>
/// All events of all modules as one AsyncAPI 3.0 document. A channel is the event log of a module, because that is
/// where order is promised; a module sends into its own and receives from those it subscribes to. Messages are
/// CloudEvents.
/// </summary>
public sealed class AsyncApiDocument
{
    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly DescribedModules modules;
    private readonly EventContract[] events;
    private readonly IReadOnlyList<StoredExample> examples;

    private AsyncApiDocument(
        DescribedModules modules,
        IReadOnlyList<EventContract> events,
        IReadOnlyList<StoredExample> examples
    )
    {
        // What a module sends to itself alone is nobody's to send or receive.
        (this.modules, this.examples) = (modules, examples);
        this.events =
        [
            .. events
                .Where(contract => modules.All.Any(module => IsOf(contract, module)))
                .OrderBy(contract => contract.Name, StringComparer.Ordinal)
                .ThenBy(contract => contract.Version),
        ];
    }

    /// <summary>The document.</summary>
    /// <param name="title">The installation's.</param>
    /// <param name="modules">Its modules.</param>
    /// <param name="events">What they publish.</param>
    /// <param name="examples">Stored events, one a version.</param>
    public static string Of(
        string title,
        DescribedModules modules,
        IReadOnlyList<EventContract> events,
        IReadOnlyList<StoredExample> examples
    ) => new AsyncApiDocument(modules, events, examples).Document(title).ToJsonString(Written) + "\n";

    private JsonObject Document(string title) =>
        new()
        {
            ["asyncapi"] = "3.0.0",
            ["id"] = "urn:modular-monolith",
            ["info"] = new JsonObject
            {
                ["title"] = title,
                ["version"] = "1.0.0",
                ["description"] =
                    "The integration events of all modules. Made from the code; docs/guides/event-versions.md tells "
                    + "how they change.",
                ["license"] = new JsonObject { ["name"] = "MIT", ["url"] = "https://opensource.org/license/mit" },
                ["tags"] = new JsonArray([
                    .. Publishers()
                        .Concat(modules.All.Where(IsConsumer))
                        .Distinct()
                        .OrderBy(NameOf, StringComparer.Ordinal)
                        .Select(module => new JsonObject { ["name"] = NameOf(module) }),
                ]),
            },
            ["defaultContentType"] = "application/json",
            ["channels"] = Map(Publishers(), module => module.Name, Channel),
            ["operations"] = Operations(),
            ["components"] = new JsonObject
            {
                ["messages"] = Map(events, TypeOf, Message),
                ["messageTraits"] = new JsonObject { ["cloudEvent"] = CloudEvent() },
                ["schemas"] = Map(events, TypeOf, Payload),
            },
        };

    private IEnumerable<ModuleDescriptor> Publishers() =>
        modules.All.Where(module => events.Any(contract => IsOf(contract, module)));

    private JsonObject Channel(ModuleDescriptor module) =>
        new()
        {
            ["address"] = module.Name,
            ["title"] = $"Event log of {NameOf(module)}",
            ["description"] = "Events of one subject arrive in the order in which they were written.",
            ["tags"] = Tags(module),
            ["messages"] = Map(events.Where(contract => IsOf(contract, module)), TypeOf, contract =>
                Reference($"components/messages/{TypeOf(contract)}")
            ),
        };

    private JsonObject Operations()
    {
        JsonObject operations = [];
        foreach (var module in modules.All)
        {
            var sent = events.Where(contract => IsOf(contract, module) && NewestOf(contract) == contract).ToArray();
            if (sent.Length > 0)
            {
                operations[$"{module.Name}.send"] = Operation(
                    "send",
                    $"{NameOf(module)} publishes, in the transaction that changed what it speaks of.",
                    module,
                    module,
                    sent
                );
            }

            foreach (var source in Publishers())
            {
                var names = module
                    .HeardEvents.Select(type => EventName.Of(type).Name)
                    .ToHashSet(StringComparer.Ordinal);
                var received = events
                    .Where(contract => IsOf(contract, source) && names.Contains(contract.Name))
                    .ToArray();
                if (received.Length > 0)
                {
                    operations[$"{module.Name}.receive.{source.Name}"] = Operation(
                        "receive",
                        $"{NameOf(module)} reacts to {NameOf(source)}; older versions are lifted to the newest when "
                            + "they are read.",
                        module,
                        source,
                        received
                    );
                }
            }
        }

        return operations;
    }

    private static JsonObject Operation(
        string action,
        string summary,
        ModuleDescriptor module,
        ModuleDescriptor channel,
        IEnumerable<EventContract> messages
    ) =>
        new()
        {
            ["action"] = action,
            ["channel"] = Reference($"channels/{channel.Name}"),
            ["summary"] = summary,
            ["tags"] = Tags(module),
            ["messages"] = new JsonArray([
                .. messages.Select(contract => Reference($"channels/{channel.Name}/messages/{TypeOf(contract)}")),
            ]),
        };

    private JsonObject Message(EventContract contract)
    {
        JsonObject message = new()
        {
            ["name"] = TypeOf(contract),
            ["title"] = contract.Type.Name,
            ["summary"] = contract.Schema["description"]?.DeepClone(),
            ["contentType"] = "application/json",
            ["tags"] = new JsonArray(new JsonObject { ["name"] = contract.Module }),
            ["traits"] = new JsonArray(Reference("components/messageTraits/cloudEvent")),
            ["headers"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["type"] = new JsonObject { ["const"] = TypeOf(contract) },
                    ["source"] = new JsonObject { ["const"] = CloudEventForm.SourceOf(modules.NameOf(contract)) },
                    ["dataschema"] = new JsonObject { ["const"] = contract.SchemaId },
                },
            },
            ["payload"] = Reference($"components/schemas/{TypeOf(contract)}"),
            ["examples"] = new JsonArray([
                .. examples
                    .Where(example => example.IsOf(contract))
                    .Select(example => new JsonObject { ["payload"] = JsonNode.Parse(example.Payload) }),
            ]),
        };
        if (NewestOf(contract) is var newest && newest != contract)
        {
            message["x-superseded-by"] = TypeOf(newest);
        }

        return message;
    }

    private static JsonObject Payload(EventContract contract)
    {
        var schema = (JsonObject)contract.Schema.DeepClone();
        foreach (var keyword in new[] { "$schema", "$id", EventSchema.ModuleKeyword })
        {
            schema.Remove(keyword);
        }

        return schema;
    }

    private static JsonObject CloudEvent() =>
        new()
        {
            ["description"] =
                "A CloudEvent 1.0: in binary mode these are headers (ce_id), in structured mode members beside data.",
            ["correlationId"] = new JsonObject { ["location"] = "$message.header#/correlationid" },
            ["headers"] = new JsonObject
            {
                ["type"] = "object",
                ["required"] = new JsonArray(
                    "specversion",
                    "id",
                    "source",
                    "type",
                    "subject",
                    "time",
                    "datacontenttype",
                    "dataschema",
                    "correlationid"
                ),
                ["properties"] = new JsonObject
                {
                    ["specversion"] = new JsonObject { ["const"] = "1.0" },
                    ["id"] = Text("Unique for ever; the idempotency key.", "uuid"),
                    ["source"] = Text("The module that published it.", "uri-reference"),
                    ["type"] = Text("Wire name and version."),
                    ["subject"] = Text("The id of the aggregate; order is promised per subject and source."),
                    ["time"] = Text("When it was written, by the database's clock.", "date-time"),
                    ["datacontenttype"] = new JsonObject { ["const"] = "application/json" },
                    ["dataschema"] = Text("The $id of the payload's JSON schema.", "uri"),
                    ["correlationid"] = Text("Ties together everything that followed from one request."),
                    ["causationid"] = Text("The id of the event that led to this one."),
                    ["traceparent"] = Text("W3C trace context of the publisher."),
                },
            },
        };

    private static JsonObject Text(string description, string? format = null)
    {
        JsonObject schema = new() { ["type"] = "string", ["description"] = description };
        if (format is not null)
        {
            schema["format"] = format;
        }

        return schema;
    }

    private EventContract NewestOf(EventContract contract) =>
        events.Last(other => string.Equals(other.Name, contract.Name, StringComparison.Ordinal));

    private static bool IsConsumer(ModuleDescriptor module) => module.HeardEvents.Any();

    private static bool IsOf(EventContract contract, ModuleDescriptor module) =>
        string.Equals(contract.Module, NameOf(module), StringComparison.Ordinal);

    private static string NameOf(ModuleDescriptor module) => module.Module.Assembly.GetName().Name!;

    private static string TypeOf(EventContract contract) => CloudEventForm.TypeOf(contract.Name, contract.Version);

    private static JsonArray Tags(ModuleDescriptor module) => new(new JsonObject { ["name"] = NameOf(module) });

    private static JsonObject Reference(string to) => new() { ["$ref"] = $"#/{to}" };

    private static JsonObject Map<T>(IEnumerable<T> all, Func<T, string> key, Func<T, JsonObject> value) =>
        new(all.Select(one => KeyValuePair.Create<string, JsonNode?>(key(one), value(one))));
}
