using System.Reflection;
using BuildingBlocks.Modules;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Module = BuildingBlocks.Modules.Module;

namespace BuildingBlocks.Testing;

/// <summary>
/// The modules of a solution as they describe themselves, found by their folders: module X is the folder X with the
/// assembly X. Nothing is started, and faults of wiring do not matter here.
/// </summary>
public sealed class DescribedModules
{
    private DescribedModules(string folder, IReadOnlyList<ModuleDescriptor> all) => (Folder, All) = (folder, all);

    /// <summary>Has one folder a module, such as src/Modules.</summary>
    public string Folder { get; }

    internal IReadOnlyList<ModuleDescriptor> All { get; }

    /// <summary>Finds the modules.</summary>
    /// <param name="folder">Has one folder a module, such as src/Modules; their assemblies lie beside the test that
    /// asks.</param>
    /// <exception cref="FileNotFoundException">A folder's assembly is missing: the module is not referenced by what was
    /// built.</exception>
    public static DescribedModules In(string folder) =>
        new(
            folder,
            [
                .. Directory
                    .EnumerateDirectories(folder)
                    .Select(path => Path.GetFileName(path)!)
                    .Order(StringComparer.Ordinal)
                    .Select(Describe),
            ]
        );

    /// <summary>
    /// The name of the module that publishes an event; what belongs to no module is sent by a module to itself.
    /// </summary>
    public string NameOf(Contracts.EventContract contract) =>
        All.FirstOrDefault(module =>
            string.Equals(module.Module.Assembly.GetName().Name, contract.Module, StringComparison.Ordinal)
        )?.Name
        ?? "self";

    private static ModuleDescriptor Describe(string name)
    {
        var type = Assembly.Load(name).GetExportedTypes().Single(type => type.IsAssignableTo(typeof(Module)));
        var module = (Module)Activator.CreateInstance(type)!;
        ModuleBuilder declared = new(
            module,
            new ServiceCollection(),
            new ConfigurationBuilder().Build(),
            others: new HashSet<string>(StringComparer.Ordinal)
        );
        module.ConfigureInto(declared);
        return new(module, declared);
    }
}
