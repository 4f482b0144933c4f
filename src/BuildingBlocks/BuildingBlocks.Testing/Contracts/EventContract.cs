using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Sagas;

namespace BuildingBlocks.Testing.Contracts;

/// <summary>One version of an event as the code has it now.</summary>
public sealed class EventContract
{
    private readonly string sources;

    private EventContract(string module, string sources, Type type)
    {
        (Module, this.sources, Type) = (module, sources, type);
        (Name, Version) = EventName.Of(type);
        Schema = EventSchema.Of(this);
    }

    /// <summary>The folder and assembly of the module that publishes it.</summary>
    public string Module { get; }

    /// <summary>Its record.</summary>
    public Type Type { get; }

    /// <summary>Its name on the wire.</summary>
    public string Name { get; }

    /// <summary>Its version on the wire.</summary>
    public short Version { get; }

    /// <summary>The shape of its payload as JSON schema 2020-12.</summary>
    public JsonObject Schema { get; }

    /// <summary>Identifies the schema, also in the CloudEvents form.</summary>
    public string SchemaId => CloudEventForm.SchemaOf(Name, Version);

    internal string FileName => string.Create(CultureInfo.InvariantCulture, $"{Name}.{Version}");

    /// <summary>One version.</summary>
    /// <param name="module">The folder and assembly of the module that publishes it.</param>
    /// <param name="sources">The folder its source is looked for in, to name the file when something is wrong.</param>
    /// <param name="type">Its record.</param>
    public static EventContract Of(string module, string sources, Type type) => new(module, sources, type);

    /// <summary>
    /// All versions of all events that the modules publish, and of those that the event log sends to itself.
    /// </summary>
    /// <param name="modules">The modules.</param>
    /// <param name="foundation">The folder that BuildingBlocks stands in.</param>
    public static IReadOnlyList<EventContract> AllOf(DescribedModules modules, string foundation) =>
        [
            .. from module in modules.All
            from type in module.PublishedEvents
            let name = module.Module.Assembly.GetName().Name!
            select Of(name, Path.Combine(modules.Folder, name), type),
            Of(nameof(BuildingBlocks), foundation, typeof(SagaStepTimedOutV1)),
        ];

    /// <summary>
    /// Where a record of this contract stands, from the module's folder on: <c>Orders.Contracts/OrderLine.cs</c>.
    /// </summary>
    /// <param name="record">Its name, also when it is not there any more.</param>
    public string FileOf(string record) => SourceFile.Of(record, Module, sources);

    /// <inheritdoc />
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{FileOf(Type.Name)}: {Name} {Version}");
}

/// <summary>Finds where records stand in source.</summary>
internal static class SourceFile
{
    /// <summary>The file named after a record, or that declares it; where it would be when there is none.</summary>
    public static string Of(string record, string module, string folder)
    {
        var files = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(IsSource).ToArray()
            : [];
        var file = Array.Find(files, path =>
            string.Equals(Path.GetFileNameWithoutExtension(path), record, StringComparison.Ordinal)
        ) ?? Array.Find(files, path => Declares(path, record));
        return file is null ? $"{module}.Contracts/{record}.cs" : Path.GetRelativePath(folder, file).Replace('\\', '/');
    }

    private static bool IsSource(string path) =>
        !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        && !path.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    private static bool Declares(string path, string record) =>
        Regex.IsMatch(
            File.ReadAllText(path),
            $@"\b(record|struct|enum|class) {Regex.Escape(record)}\b",
            RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(10)
        );
}
