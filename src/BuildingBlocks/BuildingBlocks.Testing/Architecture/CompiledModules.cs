using Mono.Cecil;

namespace BuildingBlocks.Testing.Architecture;

/// <summary>One module as it was compiled.</summary>
/// <param name="Name">The name of its folder and of its assembly.</param>
/// <param name="Implementation">What only the module itself may see.</param>
/// <param name="Contracts">What others may see; null when it has none.</param>
public sealed record CompiledModule(string Name, AssemblyDefinition Implementation, AssemblyDefinition? Contracts);

/// <summary>
/// The modules of a solution by their folders: module X is the folder X with the assemblies X and X.Contracts. Nothing
/// is loaded for execution, so any .NET assemblies will do, built for whatever runtime.
/// </summary>
public sealed class CompiledModules : IDisposable
{
    private readonly DefaultAssemblyResolver resolver = new();

    private CompiledModules() { }

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<CompiledModule> All { get; private set; } = [];

    /// <summary>Finds the modules.</summary>
    /// <param name="folder">Has one folder a module, such as src/Modules.</param>
    /// <param name="output">Holds their assemblies, such as the folder a test of the Host runs in.</param>
    /// <exception cref="FileNotFoundException">A folder's assembly is missing: the module is not referenced by what was
    /// built.</exception>
    public static CompiledModules In(string folder, string output)
    {
        CompiledModules modules = new();
        modules.resolver.AddSearchDirectory(output);
        var names = Directory
            .EnumerateDirectories(folder)
            .Select(path => Path.GetFileName(path)!)
            .Order(StringComparer.Ordinal);
        modules.All = [.. names.Select(name => modules.Read(name, output))];
        return modules;
    }

    /// <summary>The module whose implementation an assembly is, or null.</summary>
    public CompiledModule? OwnerOf(string assembly) =>
        All.FirstOrDefault(module => string.Equals(module.Name, assembly, StringComparison.Ordinal));

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var module in All)
        {
            module.Implementation.Dispose();
            module.Contracts?.Dispose();
        }

        resolver.Dispose();
    }

    private CompiledModule Read(string name, string output)
    {
        var implementation = Path.Combine(output, $"{name}.dll");
        var contracts = Path.Combine(output, $"{name}.Contracts.dll");
        return File.Exists(implementation)
            ? new(name, ReadAssembly(implementation), File.Exists(contracts) ? ReadAssembly(contracts) : null)
            : throw new FileNotFoundException(
                $"There is a folder for module {name}, but no {name}.dll in {output}. Add the module to what is "
                    + "built, or remove its folder.",
                implementation
            );
    }

    private AssemblyDefinition ReadAssembly(string path) =>
        AssemblyDefinition.ReadAssembly(path, new ReaderParameters { AssemblyResolver = resolver });
}
