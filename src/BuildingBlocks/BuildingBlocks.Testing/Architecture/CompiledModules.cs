using Mono.Cecil;
using NetArchTest.Rules;

namespace BuildingBlocks.Testing.Architecture;

/// <summary>One module as it was compiled.</summary>
/// <param name="Name">The name of its folder and of its assembly.</param>
/// <param name="Implementation">What only the module itself may see.</param>
/// <param name="Contracts">What others may see; null when it has none.</param>
public sealed record CompiledModule(string Name, AssemblyDefinition Implementation, AssemblyDefinition? Contracts)
{
    /// <summary>
    /// What only the module itself may see, by the namespaces of its implementation. Types in the module's own
    /// namespace stand here by their full names: the namespace itself would match that of its Contracts.
    /// </summary>
    public IReadOnlyList<string> Inside { get; } =
    [
        .. Implementation
            .MainModule.Types.Where(type => Sentences.IsIn(type.FullName, Name))
            .Select(type =>
                string.Equals(type.Namespace, Name, StringComparison.Ordinal) ? type.FullName : type.Namespace
            )
            .Distinct(StringComparer.Ordinal),
    ];

    internal IEnumerable<TypeDefinition> Types =>
        new[] { Implementation, Contracts }.OfType<AssemblyDefinition>().SelectMany(one => one.MainModule.GetTypes());
}

/// <summary>
/// The modules of a solution by their folders: module X is the folder X with the assemblies X and X.Contracts. Nothing
/// is loaded for execution, so any .NET assemblies will do, built for whatever runtime.
/// </summary>
public sealed class CompiledModules : IDisposable
{
    private readonly Types types;
    private readonly IReadOnlyDictionary<string, AssemblyDefinition> assemblies;

    private CompiledModules(Types types, IReadOnlyDictionary<string, AssemblyDefinition> assemblies) =>
        (this.types, this.assemblies) = (types, assemblies);

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<CompiledModule> All { get; private set; } = [];

    /// <summary>Finds the modules.</summary>
    /// <param name="folder">Has one folder a module, such as src/Modules.</param>
    /// <param name="output">Holds their assemblies, such as the folder a test of the Host runs in.</param>
    /// <exception cref="FileNotFoundException">A folder's assembly is missing: the module is not referenced by what was
    /// built.</exception>
    public static CompiledModules In(string folder, string output)
    {
        // Without the search directory what they reference is looked for in the current folder.
        var found = Types.FromPath(output, [output]);
        Assemblies read = new();
        found.Should().MeetCustomRule(read).GetResult();
        CompiledModules modules = new(found, read.ByName);
        var names = Directory
            .EnumerateDirectories(folder)
            .Select(path => Path.GetFileName(path)!)
            .Order(StringComparer.Ordinal);
        modules.All = [.. names.Select(name => modules.Read(name, output))];
        return modules;
    }

    /// <summary>Begins a sentence about the types of a module's implementation.</summary>
    public PredicateList ImplementationOf(CompiledModule module) => OfAssemblies(module.Name);

    /// <summary>Begins a sentence about the types of all modules' implementations.</summary>
    public PredicateList Implementations() => OfAssemblies([.. All.Select(module => module.Name)]);

    /// <summary>Begins a sentence about the types of a module's Contracts.</summary>
    public PredicateList ContractsOf(CompiledModule module) => OfAssemblies($"{module.Name}.Contracts");

    /// <summary>Begins a sentence about all types of a module.</summary>
    public PredicateList TypesOf(CompiledModule module) => OfAssemblies(module.Name, $"{module.Name}.Contracts");

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var assembly in assemblies.Values)
        {
            assembly.Dispose();
        }
    }

    private PredicateList OfAssemblies(params string[] names) => types.That().MeetCustomRule(new StandsIn(names));

    private CompiledModule Read(string name, string output) =>
        assemblies.TryGetValue(name, out var implementation)
            ? new(name, implementation, assemblies.GetValueOrDefault($"{name}.Contracts"))
            : throw new FileNotFoundException(
                $"There is a folder for module {name}, but no {name}.dll in {output}. Add the module to what is "
                    + "built, or remove its folder.",
                Path.Combine(output, $"{name}.dll")
            );

    /// <summary>Notes the assemblies of all types that NetArchTest has read, to read them once.</summary>
    private sealed class Assemblies : ICustomRule
    {
        private readonly Dictionary<string, AssemblyDefinition> byName = new(StringComparer.Ordinal);

        public IReadOnlyDictionary<string, AssemblyDefinition> ByName => byName;

        public bool MeetsRule(TypeDefinition type)
        {
            byName.TryAdd(type.Module.Assembly.Name.Name, type.Module.Assembly);
            return true;
        }
    }

    private sealed class StandsIn(string[] assemblies) : ICustomRule
    {
        public bool MeetsRule(TypeDefinition type) =>
            assemblies.Contains(type.Module.Assembly.Name.Name, StringComparer.Ordinal);
    }
}
