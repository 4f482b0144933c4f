using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildingBlocks.EventLog.Events;

namespace BuildingBlocks.Testing.Contracts;

/// <summary>
/// What was promised to consumers, checked in: of each version of each event its JSON schema
/// (<c>order.confirmed.2.schema.json</c>) and one stored event (<c>order.confirmed.2.stored.json</c>), in a folder for
/// each module. Held against what the code says now.
/// </summary>
/// <param name="folder">Where the files stand.</param>
/// <param name="shown">That folder as messages name it, such as <c>docs/contracts</c>.</param>
/// <param name="code">All versions that the code knows.</param>
/// <param name="isModule">Whether there still is a module of this name.</param>
public sealed class PublishedContracts(
    string folder,
    string shown,
    IReadOnlyList<EventContract> code,
    Func<string, bool> isModule
)
{
    /// <summary>How what is stale is written anew.</summary>
    public const string Command = "CONTRACTS_UPDATE=1 dotnet test tests/ContractTests";

    private const string Guide = "docs/guides/event-versions.md";
    private const string Schema = ".schema.json";
    private const string Stored = ".stored.json";

    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>All stored events.</summary>
    public IReadOnlyList<StoredExample> StoredEvents => [.. Files(Stored).Select(StoredExample.Read)];

    /// <summary>What lets consumers or stored events down; nothing writes it away.</summary>
    public IReadOnlyList<string> Breaks() =>
        [.. Clashes(), .. Opaque(), .. Gone(), .. Changed(), .. Orphans(), .. Unreadable()];

    /// <summary>What is not written down yet, and would be by <see cref="Command"/>.</summary>
    public IReadOnlyList<string> Stale() =>
        [
            .. from contract in code
            let schema = PathOf(contract, Schema)
            where
                !File.Exists(schema)
                || !string.Equals(File.ReadAllText(schema), TextOf(contract), StringComparison.Ordinal)
            select $"{contract}: {NewsOf(contract, schema)}. Write it down with {Command}",
            .. from contract in code
            where File.Exists(PathOf(contract, Schema)) && !File.Exists(PathOf(contract, Stored))
            select $"{contract}: has no stored event in {Shown(PathOf(contract, Stored))}. Write one with {Command}",
        ];

    /// <summary>
    /// Writes what is stale, or nothing at all when anything is broken. Stored events are only added.
    /// </summary>
    /// <param name="sourceOf">The name of a module, which is the source of its events.</param>
    /// <param name="asStored">Gives JSON back as the database does.</param>
    /// <returns>What is broken.</returns>
    public async Task<IReadOnlyList<string>> Refresh(
        Func<EventContract, string> sourceOf,
        Func<string, Task<string>> asStored
    )
    {
        if (Breaks() is { Count: > 0 } broken)
        {
            return broken;
        }

        foreach (var contract in code)
        {
            Directory.CreateDirectory(Path.Combine(folder, contract.Module));
            await File.WriteAllTextAsync(PathOf(contract, Schema), TextOf(contract));
            if (!File.Exists(PathOf(contract, Stored)))
            {
                var example = await StoredExample.Make(contract, sourceOf(contract), asStored);
                await File.WriteAllTextAsync(PathOf(contract, Stored), example.ToText());
            }
        }

        return [];
    }

    private static string TextOf(EventContract contract) => contract.Schema.ToJsonString(Written) + "\n";

    private string PathOf(EventContract contract, string kind) =>
        Path.Combine(folder, contract.Module, contract.FileName + kind);

    private string Shown(string path) => $"{shown}/{Path.GetRelativePath(folder, path).Replace('\\', '/')}";

    private IEnumerable<string> Files(string kind) =>
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, $"*{kind}", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            : [];

    private IEnumerable<Published> Schemas() =>
        Files(Schema).Select(path => new Published(path, (JsonObject)JsonNode.Parse(File.ReadAllText(path))!));

    private EventContract? InCode(string fileName) =>
        code.FirstOrDefault(contract => string.Equals(contract.FileName, fileName, StringComparison.Ordinal));

    private string NextVersion(string name)
    {
        var published = Files(Schema)
            .Select(path => NameAndVersion(Path.GetFileName(path)[..^Schema.Length]))
            .Where(one => string.Equals(one.Name, name, StringComparison.Ordinal))
            .Select(one => one.Version);
        var newest = code.Where(contract => string.Equals(contract.Name, name, StringComparison.Ordinal))
            .Select(contract => (int)contract.Version)
            .Concat(published)
            .Max();
        return string.Create(CultureInfo.InvariantCulture, $"Add version {newest + 1} instead: {Guide}");
    }

    private string NewsOf(EventContract contract, string schema)
    {
        if (!File.Exists(schema))
        {
            return $"is not in {Shown(schema)} yet";
        }

        var changes = ContractComparison
            .Of((JsonObject)JsonNode.Parse(File.ReadAllText(schema))!, contract.Schema)
            .Where(change => !change.Breaks)
            .Select(change => change.What)
            .ToArray();
        return changes.Length > 0
            ? $"{string.Join(", ", changes)}, which {Shown(schema)} does not know yet"
            : $"{Shown(schema)} is out of date in what it tells of the event";
    }

    /// <summary>One wire name and version is one event, and one wire name is one module's.</summary>
    private IEnumerable<string> Clashes()
    {
        foreach (
            var same in code.GroupBy(contract => contract.FileName, StringComparer.Ordinal)
                .Where(same => same.Count() > 1)
        )
        {
            yield return $"{same.Last()}: {same.First().FileOf(same.First().Type.Name)} has the same wire name and "
                + $"version, so consumers could not tell them apart. Give one another name or version: {Guide}";
        }

        foreach (var same in code.GroupBy(contract => contract.Name, StringComparer.Ordinal))
        {
            foreach (
                var other in same.Where(contract =>
                    !string.Equals(contract.Module, same.First().Module, StringComparison.Ordinal)
                )
            )
            {
                yield return $"{other}: the wire name {other.Name} belongs to module {same.First().Module} "
                    + $"({same.First().FileOf(same.First().Type.Name)}). Give this event a name of its own: {Guide}";
            }
        }
    }

    private IEnumerable<string> Opaque() =>
        from contract in code
        from member in ContractComparison.Opaque(contract.Schema)
        select $"{contract}: member {member} is written by a converter of its own or is any object, so nothing says "
            + "what is on the wire. Use plain types or records: docs/rules/MM0005.md";

    private IEnumerable<string> Gone()
    {
        var gone = Schemas().Where(published => InCode(published.FileName) is null).ToArray();
        foreach (
            var module in gone.GroupBy(published => published.Module, StringComparer.Ordinal)
                .Where(module =>
                    !isModule(module.Key)
                    && !code.Any(contract => string.Equals(contract.Module, module.Key, StringComparison.Ordinal))
                )
        )
        {
            yield return $"{shown}/{module.Key}: module {module.Key} is gone, but what it published is still promised "
                + $"here ({string.Join(", ", module.Select(one => one.Title))}). "
                + $"If the module was deleted for good, delete {shown}/{module.Key} too and run {Command}";
        }

        foreach (
            var published in gone.Where(published =>
                isModule(published.Module)
                || code.Any(contract => string.Equals(contract.Module, published.Module, StringComparison.Ordinal))
            )
        )
        {
            var place = SourceOf(published);
            var renamed = code.FirstOrDefault(contract =>
                string.Equals(contract.Module, published.Module, StringComparison.Ordinal)
                && string.Equals(contract.Type.Name, published.Record, StringComparison.Ordinal)
            );
            yield return renamed is null
                ? $"{place}: {published.Title}: was removed, but stored events have this version and consumers may "
                    + $"read it. Restore the record, or retire the version: {Guide}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{place}: {published.Title}: is {renamed.Name} {renamed.Version} on the wire now, but stored "
                        + $"events and consumers know it as {published.Title}. "
                ) + $"Restore name and version, and add what is new beside it: {Guide}";
        }
    }

    private IEnumerable<string> Changed()
    {
        foreach (var published in Schemas())
        {
            if (InCode(published.FileName) is not { } contract)
            {
                continue;
            }

            if (
                !string.Equals(published.Module, contract.Module, StringComparison.Ordinal)
                || !string.Equals(published.Id, contract.SchemaId, StringComparison.Ordinal)
            )
            {
                yield return $"{contract}: is published by {contract.Module}, but {Shown(published.Path)} says that "
                    + $"{published.Id} is {published.Module}'s; consumers read it from that module's outbox. "
                    + $"Leave it there, and publish an event of another name: {Guide}";
            }

            foreach (
                var change in ContractComparison.Of(published.Schema, contract.Schema).Where(change => change.Breaks)
            )
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{contract.FileOf(change.Record)}: {contract.Name} {contract.Version}: {change.What}; stored "
                        + $"events and consumers rely on it. {NextVersion(contract.Name)}"
                );
            }
        }
    }

    /// <summary>Whoever throws a schema away to have it written anew would break a promise unseen.</summary>
    private IEnumerable<string> Orphans() =>
        from path in Files(Stored)
        where !File.Exists(path[..^Stored.Length] + Schema)
        let title = Title(Path.GetFileName(path)[..^Stored.Length])
        select $"{Shown(path)}: {title}: was published, but its schema {Shown(path[..^Stored.Length] + Schema)} is "
            + $"gone. Restore it from version control, or, if the version is retired, delete both: {Guide}";

    private IEnumerable<string> Unreadable()
    {
        EventCatalog catalog = new();
        foreach (var contract in code)
        {
            catalog.Add(contract.Type);
        }

        return from path in Files(Stored)
            let contract = InCode(Path.GetFileName(path)[..^Stored.Length])
            where contract is not null
            let newest = code.Where(other => string.Equals(other.Name, contract.Name, StringComparison.Ordinal))
                .Max(other => other.Version)
            from fault in StoredExample.Read(path).Faults(contract, catalog, newest)
            select $"{contract}: the stored event {Shown(path)} {fault}. "
                + $"{(contract.Version == newest ? NextVersion(contract.Name) : $"See {Guide}")}";
    }

    private string SourceOf(Published published)
    {
        var known = code.FirstOrDefault(contract =>
            string.Equals(contract.Module, published.Module, StringComparison.Ordinal)
        );
        return known?.FileOf(published.Record) ?? $"{published.Module}.Contracts/{published.Record}.cs";
    }

    private static (string Name, int Version) NameAndVersion(string fileName)
    {
        var dot = fileName.LastIndexOf('.');
        return int.TryParse(fileName[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? (fileName[..dot], version)
            : (fileName, 0);
    }

    private static string Title(string fileName)
    {
        var (name, version) = NameAndVersion(fileName);
        return string.Create(CultureInfo.InvariantCulture, $"{name} {version}");
    }

    /// <summary>A schema that is checked in.</summary>
    private sealed record Published(string Path, JsonObject Schema)
    {
        public string FileName => System.IO.Path.GetFileName(Path)[..^PublishedContracts.Schema.Length];

        public string Title => Title(FileName);

        public string Module => Schema[EventSchema.ModuleKeyword]?.GetValue<string>() ?? "";

        public string Id => Schema["$id"]?.GetValue<string>() ?? "";

        public string Record => Schema["title"]?.GetValue<string>() ?? "";
    }
}
