using System.Reflection;
using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Modules;

/// <summary>Loads the demo data of all modules, in the order the Host names them.</summary>
public sealed class DemoDataLoader(ModuleCatalog catalog, IServiceScopeFactory scopes)
{
    private static readonly MethodInfo FaultsOfType = typeof(DemoDataLoader).GetMethod(
        nameof(FaultsOf),
        BindingFlags.NonPublic | BindingFlags.Static
    )!;

    /// <summary>What the modules find wrong with the demo settings, before anything is started or made.</summary>
    public static IReadOnlyList<string> FaultsOf(ModuleCatalog catalog, DemoOptions demo) =>
        [
            .. catalog.Descriptors.SelectMany(module =>
                module.DemoData.SelectMany(type =>
                    (IEnumerable<string>)FaultsOfType.MakeGenericMethod(type).Invoke(null, [demo])!
                )
            ),
        ];

    /// <summary>Loads what is missing; what is there stays as it is.</summary>
    /// <returns>Whether anything was new, and so other modules have events to apply.</returns>
    public async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        ModuleCode.EnsureIsHost(nameof(DemoDataLoader));
        var correlation = Correlation.Begin("demo-data");
        foreach (
            var (module, type) in catalog.Descriptors.SelectMany(module =>
                module.DemoData.Select(type => (module.Name, type))
            )
        )
        {
            using var stay = ModuleCode.Enter(module);
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<Caller>().System();
            await ((IDemoData)scope.ServiceProvider.GetRequiredService(type)).Load(cancellationToken);
        }

        return correlation.ConsistencyToken is not null;
    }

    private static IEnumerable<string> FaultsOf<TData>(DemoOptions demo)
        where TData : IDemoData => TData.Faults(demo);
}
