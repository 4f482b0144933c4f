using System.Reflection;
using BuildingBlocks.Modules;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Module = BuildingBlocks.Modules.Module;

namespace Reliability;

/// <summary>The modules that the Host was built with, to know who subscribes to what.</summary>
internal static class Composition
{
    private static readonly MethodInfo Add = typeof(ModuleRegistration).GetMethod(nameof(ModuleRegistration.Add))!;

    public static ModuleCatalog Catalog() => AddTo(new ServiceCollection());

    public static ModuleCatalog AddTo(IServiceCollection services) =>
        services.AddModules(new ConfigurationBuilder().Build(), modules =>
        {
            foreach (
                var type in Assembly
                    .Load("Host")
                    .GetReferencedAssemblies()
                    .Select(Assembly.Load)
                    .SelectMany(assembly => assembly.GetExportedTypes())
                    .Where(type => type.IsSubclassOf(typeof(Module)) && !type.IsAbstract)
            )
            {
                Add.MakeGenericMethod(type).Invoke(modules, []);
            }
        });
}
