using System.Collections.Concurrent;
using BuildingBlocks.Database;
using Npgsql;

namespace BuildingBlocks.Reference;

/// <summary>
/// Countries and currencies as a module sees them: read once as the module's own app role, and kept until the Host
/// ends, for they change only with a migration. Thread-safe.
/// </summary>
public sealed class ReferenceData
{
    private readonly ConcurrentDictionary<string, ReferenceLists> known = new(StringComparer.Ordinal);
    private readonly ModuleDataSources sources;
    private readonly Func<Type, string?> ownerOf;

    /// <param name="sources">The modules' pools.</param>
    /// <param name="ownerOf">The name of the module that a type belongs to, or null.</param>
    internal ReferenceData(ModuleDataSources sources, Func<Type, string?> ownerOf) =>
        (this.sources, this.ownerOf) = (sources, ownerOf);

    /// <summary>All reference data, read as the role of a module.</summary>
    /// <param name="module">The module's name.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    internal async ValueTask<ReferenceLists> ReadAsync(string module, CancellationToken cancellationToken)
    {
        if (!known.TryGetValue(module, out var lists))
        {
            // Two who come first at the same time both read, which costs less than to make one wait for the other.
            known[module] = lists = await LoadAsync(sources.Of(module), cancellationToken);
        }

        return lists;
    }

    /// <summary>All reference data, read as the role of the module that a type belongs to.</summary>
    /// <param name="ofModule">Any type of the module.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="InvalidOperationException">The type belongs to no module of this Host.</exception>
    public ValueTask<ReferenceLists> ReadAsync(Type ofModule, CancellationToken cancellationToken) =>
        ownerOf(ofModule) is { } owner
            ? ReadAsync(owner, cancellationToken)
            : throw new InvalidOperationException($"{ofModule.FullName} belongs to no module of this Host.");

    private static async Task<ReferenceLists> LoadAsync(
        NpgsqlDataSource connections,
        CancellationToken cancellationToken
    )
    {
        List<Country> countries = [];
        List<Currency> currencies = [];
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        await using NpgsqlCommand command = new(
            $"""
            select code, name from {ReferenceSchema.Name}.countries order by code;
            select code, name, minor_units from {ReferenceSchema.Name}.currencies order by code
            """,
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            countries.Add(new(reader.GetString(0), reader.GetString(1)));
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            currencies.Add(
                new(
                    reader.GetString(0),
                    reader.GetString(1),
                    await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetInt32(2)
                )
            );
        }

        return new(countries, currencies);
    }
}
