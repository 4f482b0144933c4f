using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BuildingBlocks.Analyzers;

/// <summary>A module, by its folder (and assembly) and by its schema.</summary>
internal sealed class ModuleName(string name, string schema)
{
    public string Name { get; } = name;

    public string Schema { get; } = schema;
}

/// <summary>
/// The module that is being compiled and those around it, as the folders under src/Modules have them. A module's schema
/// is the name that its module class gives, else its folder in snake_case.
/// </summary>
internal sealed class Neighbourhood
{
    private const string ContractsSuffix = ".Contracts";

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private static readonly Regex GivenName = new(
        """override\s+string\s+Name\s*(=>|\{\s*get\s*(=>|;\s*\}\s*=|\{\s*return))\s*("(?<name>[^"]+)"|([\w.]+\.)?(?<constant>\w+))""",
        Options,
        TimeSpan.FromSeconds(1)
    );

    private static readonly Regex Constant = new(
        """\bconst\s+string\s+(?<constant>\w+)\s*=\s*"(?<name>[^"]+)["]""",
        Options,
        TimeSpan.FromSeconds(1)
    );

    private static readonly Regex Hump = new("(?<=[a-z0-9])(?=[A-Z])", Options, TimeSpan.FromSeconds(1));

    private readonly ImmutableDictionary<string, ModuleName> byAssembly;

    private Neighbourhood(string own, bool isContracts, ImmutableDictionary<string, ModuleName> all)
    {
        (Own, IsContracts) = (own, isContracts);
        OwnSchema = all.TryGetValue(own, out var known) ? known.Schema : SchemaOf(own);
        byAssembly = all.Remove(own);
        BySchema = byAssembly
            .Values.GroupBy(module => module.Schema, StringComparer.Ordinal)
            .ToImmutableDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal);
    }

    /// <summary>The module being compiled.</summary>
    public string Own { get; }

    /// <summary>Its schema, which is also the name of its section of settings.</summary>
    public string OwnSchema { get; }

    /// <summary>Whether it is its Contracts that are compiled.</summary>
    public bool IsContracts { get; }

    /// <summary>The other modules.</summary>
    public ImmutableDictionary<string, ModuleName> BySchema { get; }

    /// <summary>The module that an assembly is the inside of, when it is another one.</summary>
    public ModuleName? Inside(IAssemblySymbol? assembly) => assembly is null ? null : Inside(assembly.Name);

    public ModuleName? Inside(string assembly)
    {
        if (byAssembly.TryGetValue(assembly, out var module))
        {
            return module;
        }

        // Whatever else a module may have, such as Inventory.Data; but not its Contracts.
        var dot = assembly.IndexOf('.');
        return
            dot > 0
            && !assembly.EndsWith(ContractsSuffix, StringComparison.Ordinal)
            && byAssembly.TryGetValue(assembly.Substring(0, dot), out module)
            ? module
            : null;
    }

    /// <summary>The module that an assembly is the Contracts of, when it is another one.</summary>
    public ModuleName? Contracts(IAssemblySymbol? assembly) =>
        assembly is not null
        && assembly.Name.EndsWith(ContractsSuffix, StringComparison.Ordinal)
        && byAssembly.TryGetValue(
            assembly.Name.Substring(0, assembly.Name.Length - ContractsSuffix.Length),
            out var module
        )
            ? module
            : null;

    /// <summary>What is to be done instead of crossing into a module.</summary>
    public static string WaysOut(ModuleName module, Compilation compilation)
    {
        var contracts = compilation.SourceModule.ReferencedAssemblySymbols.FirstOrDefault(one =>
            string.Equals(one.Name, module.Name + ContractsSuffix, StringComparison.Ordinal)
        );
        var events = contracts is null
            ? []
            : Symbols
                .TypesOf(contracts.GlobalNamespace)
                .Select(Symbols.WireName)
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .Take(3)
                .ToArray();
        var source = events.Length == 0 ? $"{Possessive(module.Name)} events" : string.Join(", ", events);
        return $"Keep a copy fed by {source} (docs/guides/copies.md), or let the Host compose the answer through an "
            + $"IModuleQuery of {module.Name}.";
    }

    public static string Possessive(string name) =>
        name.EndsWith("s", StringComparison.Ordinal) ? name + "'" : name + "'s";

    /// <summary>Reads them off the files that Walls.props hands to the compiler.</summary>
    public static Neighbourhood Of(
        Compilation compilation,
        AnalyzerOptions options,
        CancellationToken cancellationToken
    )
    {
        var modules = ImmutableDictionary.CreateBuilder<string, ModuleName>(StringComparer.Ordinal);
        foreach (var file in options.AdditionalFiles)
        {
            var parts = file.Path.Split('/', '\\');
            if (
                parts.Length < 3
                || !string.Equals(parts[parts.Length - 2], parts[parts.Length - 3], StringComparison.Ordinal)
            )
            {
                continue;
            }

            var folder = parts[parts.Length - 2];
            if (
                parts[parts.Length - 1].EndsWith("Module.cs", StringComparison.Ordinal)
                && NameIn(file.GetText(cancellationToken)?.ToString() ?? "") is { } name
            )
            {
                modules[folder] = new(folder, name);
            }
            else if (
                parts[parts.Length - 1].EndsWith(".csproj", StringComparison.Ordinal) && !modules.ContainsKey(folder)
            )
            {
                modules.Add(folder, new(folder, SchemaOf(folder)));
            }
        }

        var assembly = compilation.AssemblyName ?? "";
        var isContracts = assembly.EndsWith(ContractsSuffix, StringComparison.Ordinal);
        var own = isContracts ? assembly.Substring(0, assembly.Length - ContractsSuffix.Length) : assembly;
        if (!modules.ContainsKey(own) && own.IndexOf('.') is > 0 and var dot)
        {
            own = own.Substring(0, dot);
        }

        return new(own, isContracts, modules.ToImmutable());
    }

    private static string SchemaOf(string folder) => Hump.Replace(folder, "_").ToLowerInvariant();

    /// <summary>The name that a module class gives, as a literal or by a constant of the same file.</summary>
    private static string? NameIn(string moduleClass)
    {
        var given = GivenName.Match(moduleClass);
        return given.Groups["name"] is { Success: true, Value: var name } ? name
            : given.Groups["constant"] is { Success: true, Value: var constant }
                ? Constant
                    .Matches(moduleClass)
                    .OfType<Match>()
                    .FirstOrDefault(one =>
                        string.Equals(one.Groups["constant"].Value, constant, StringComparison.Ordinal)
                    )
                    ?.Groups["name"]
                    .Value
            : null;
    }
}
