using System.Globalization;
using BuildingBlocks.Testing;
using BuildingBlocks.Testing.Contracts;

namespace ContractTests;

/// <summary>The solution's modules, what their code promises and what is checked in.</summary>
internal static class Solution
{
    private static readonly Lazy<DescribedModules> Described = new(() =>
        DescribedModules.In(Repository.File("src/Modules"))
    );

    private static readonly Lazy<IReadOnlyList<EventContract>> Contracts = new(() =>
        EventContract.AllOf(Modules, Repository.File("src/BuildingBlocks"))
    );

    private static readonly Lazy<Task<IReadOnlyList<string>>> Refreshed = new(RefreshAsync);

    public static DescribedModules Modules => Described.Value;

    public static IReadOnlyList<EventContract> Events => Contracts.Value;

    public static PublishedContracts Published { get; } =
        new(Repository.File("docs/contracts"), "docs/contracts", Events, module =>
            Directory.Exists(Repository.File($"src/Modules/{module}"))
        );

    /// <summary>Whether what is generated is to be written instead of compared.</summary>
    public static bool Updates => Environment.GetEnvironmentVariable("CONTRACTS_UPDATE") is "1";

    /// <summary>
    /// Writes schemas and stored events when asked to; whoever writes what is made from them waits for it.
    /// </summary>
    public static async Task WriteContracts()
    {
        if (Updates)
        {
            string.Join('\n', await Refreshed.Value).ShouldBeEmpty("Nothing is written while a promise is broken.");
        }
    }

    /// <summary>Holds a generated document against the file that is checked in, or writes it when asked to.</summary>
    public static async Task CheckedIn(string path, Func<Task<string>> generate)
    {
        await WriteContracts();
        var now = await generate();
        if (Updates)
        {
            await File.WriteAllTextAsync(Repository.File(path), now);
        }

        var text = File.Exists(Repository.File(path)) ? await File.ReadAllTextAsync(Repository.File(path)) : "";
        if (string.Equals(now, text, StringComparison.Ordinal))
        {
            return;
        }

        var (meant, found) = (now.Split('\n'), text.Split('\n'));
        var line = meant
            .Zip(found)
            .TakeWhile(pair => string.Equals(pair.First, pair.Second, StringComparison.Ordinal))
            .Count();
        Assert.Fail(
            $"{path}({(line + 1).ToString(CultureInfo.InvariantCulture)}): is not what the code says. Write it anew "
                + $"with {PublishedContracts.Command}\n"
                + $"+ {meant.ElementAtOrDefault(line)}\n- {found.ElementAtOrDefault(line)}"
        );
    }

    private static async Task<IReadOnlyList<string>> RefreshAsync()
    {
        await using var database = await TestDatabase.Create(TestContext.Current.CancellationToken);
        return await Published.Refresh(Modules.NameOf, json =>
            database.Administrator.Value<string>("select $1::jsonb::text", json)
        );
    }
}
