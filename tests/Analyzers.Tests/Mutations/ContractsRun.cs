using System.Reflection;
using System.Runtime.Loader;
using Analyzers.Tests.Running;
using BuildingBlocks.Contracts;
using BuildingBlocks.Testing.Contracts;

namespace Analyzers.Tests.Mutations;

/// <summary>
/// Compiles changed Contracts, loads them, and holds them against what is checked in, as tests/ContractTests does with
/// those that were built.
/// </summary>
internal static class ContractsRun
{
    /// <summary>
    /// Whose Contracts are looked at; the others count as deleted, and what is said of that is left out.
    /// </summary>
    private static readonly string[] Looked =
    [
        .. Mutation
            .All.Where(one => one.How is "contracts")
            .Select(one => one.Where.Split('/')[0])
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>The Contracts that mutations are planted in.</summary>
    public static IEnumerable<string> Projects => Looked.Select(module => $"{module}/{module}.Contracts");

    /// <summary>What is broken, one a line.</summary>
    /// <param name="project">The Contracts, such as Orders/Orders.Contracts.</param>
    /// <param name="changed">Files that are not as they are, by path.</param>
    public static IReadOnlyList<string> BreaksOf(string project, IReadOnlyDictionary<string, string> changed)
    {
        Dictionary<string, string> files = new(Modules.Files, StringComparer.Ordinal);
        foreach (var (path, text) in changed)
        {
            files[path] = text;
        }

        var module = project.Split('/')[0];
        AssemblyLoadContext context = new(project, isCollectible: true);
        try
        {
            using MemoryStream image = new(Analysis.Emit(files, $"{module}.Contracts"));
            var code = Looked
                .Where(name => !string.Equals(name, module, StringComparison.Ordinal))
                .SelectMany(name => EventsIn(name, Assembly.Load($"{name}.Contracts")))
                .Concat(EventsIn(module, context.LoadFromStream(image)));
            PublishedContracts published = new(
                Repository.Path("docs/contracts"),
                "docs/contracts",
                [.. code],
                Looked.Append(module).Contains
            );
            return
            [
                .. published
                    .Breaks()
                    .Where(broken =>
                        !broken.Contains(
                            " is gone, but what it published is still promised here",
                            StringComparison.Ordinal
                        )
                    ),
            ];
        }
        finally
        {
            context.Unload();
        }
    }

    private static IEnumerable<EventContract> EventsIn(string module, Assembly contracts) =>
        contracts
            .GetExportedTypes()
            .Where(type =>
                type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IIntegrationEvent))
            )
            .Select(type => EventContract.Of(module, Repository.Path($"src/Modules/{module}"), type));
}
