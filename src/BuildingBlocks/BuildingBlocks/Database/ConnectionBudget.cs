using System.Globalization;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.Settings;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace BuildingBlocks.Database;

/// <summary>
/// Holds the pools of all modules and Hosts against what the server has to give, before the first request has to find
/// out.
/// </summary>
internal static class ConnectionBudget
{
    /// <summary>How many connections a pool has at most.</summary>
    public static readonly RangedSetting<int> PoolSize = new("Database:PoolSize", 1, 10_000);

    private static readonly RangedSetting<int> Hosts = new("Database:Hosts", 1, 1_000);
    private static readonly RangedSetting<int> ReservedConnections = new("Database:ReservedConnections", 0, 1_000_000);
    private static readonly RangedSetting<int> MaxConnections = new("Database:MaxConnections", 1, 1_000_000);

    /// <summary>The largest pool when Database:PoolSize is not set.</summary>
    public const int DefaultPool = 20;

    // A module works with fewer, but its requests and reactions would wait for each other.
    private const int SmallestPool = 5;
    private const int Reserved = 5;

    private const string Limits = """
        select current_setting('max_connections')::int,
               current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true)::int, 0),
               (select rolconnlimit from pg_roles where rolname = current_user),
               (select datconnlimit from pg_database where datname = current_database()),
               (select coalesce(sum(substring(application_name from '^host with ([0-9]{1,6}) connections$')::int), 0)::int from pg_stat_activity)
        """;

    /// <summary>Reads what people set, before anything is started or made.</summary>
    /// <exception cref="StartupException">Something is out of its range.</exception>
    public static void Validate(IConfiguration configuration) =>
        Array.ForEach([PoolSize, Hosts, ReservedConnections, MaxConnections], setting =>
            _ = setting.Read(configuration)
        );

    /// <summary>
    /// Makes sure that all pools fit. Where <c>Database:PoolSize</c> is not set, sets it to what fits, 20 at most;
    /// where it is set, or too little would be left for each, refuses.
    /// </summary>
    /// <param name="configuration">The Host's.</param>
    /// <param name="modules">That run in it.</param>
    /// <param name="sources">None of which has been used yet.</param>
    /// <returns>What was settled, or must be settled by whoever runs a further Host, in one line; null when there is
    /// nothing to say.</returns>
    /// <exception cref="StartupException">They do not fit; the message has the numbers and the ways out.</exception>
    public static async Task<string?> EnsureFitsAsync(
        IConfiguration configuration,
        IReadOnlyCollection<ModuleSchema> modules,
        ModuleDataSources sources,
        CancellationToken cancellationToken
    )
    {
        List<string> said = [];
        var given = PoolSize.Read(configuration);
        var size = given ?? DefaultPool;
        foreach (var server in modules.GroupBy(module => Target(configuration, module)))
        {
            Budget budget = new(
                server.Key,
                configuration,
                [.. server],
                await ReadAsync(sources, server.First(), cancellationToken)
            );
            var fitting = budget.LargestPool;
            size = Math.Min(size, given is null ? Math.Max(fitting, 0) : size);
            if (budget.Pools > 0 ? size < (given is null ? SmallestPool : 1) || size > fitting : fitting < 0)
            {
                throw new StartupException(budget.Explain(given ?? SmallestPool));
            }

            if (budget.Crowd(size) is { } crowd)
            {
                said.Add(crowd);
            }
        }

        if (given is null && size != DefaultPool)
        {
            configuration[PoolSize.Name] = size.ToString(CultureInfo.InvariantCulture);
            said.Insert(
                0,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"pools of {size} connections a module, as many as fit into the server"
                )
            );
        }

        return said.Count > 0 ? string.Join("; ", said) : null;
    }

    private static async Task<Limit> ReadAsync(
        ModuleDataSources sources,
        ModuleSchema module,
        CancellationToken cancellationToken
    )
    {
        await using var source = sources.Unpooled(module.Name);
        try
        {
            await using var command = source.CreateCommand(Limits);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return new(
                reader.GetInt32(0),
                reader.GetInt32(1),
                reader.GetInt32(2),
                reader.GetInt32(3),
                reader.GetInt32(4)
            );
        }
        catch (NpgsqlException failure)
        {
            throw ConnectionFault.Explain(
                failure,
                $"Modules:{module.Name}:ConnectionString",
                new(source.ConnectionString)
            );
        }
    }

    private static (string Host, int Port) Target(IConfiguration configuration, ModuleSchema module)
    {
        NpgsqlConnectionStringBuilder settings = new(configuration[$"Modules:{module.Name}:ConnectionString"]);
        return (settings.Host ?? "", settings.Port);
    }

    /// <summary>What one server says of itself.</summary>
    private sealed record Limit(int Max, int Kept, int OfRole, int OfDatabase, int OfOtherHosts);

    private sealed class Budget(
        (string Host, int Port) server,
        IConfiguration configuration,
        IReadOnlyList<ModuleSchema> modules,
        Limit limit
    )
    {
        private readonly int hosts = Hosts.Read(configuration) ?? 1;
        private readonly int reserved = ReservedConnections.Read(configuration) ?? Reserved;
        private readonly int? stated = MaxConnections.Read(configuration);
        private readonly int feeds = modules.OfType<ShadowSchema>().Count() * ShadowSchema.FeedPool;
        private readonly int[] ownPools =
        [
            .. modules
                .Select(module => configuration[$"Modules:{module.Name}:ConnectionString"]!)
                .Where(ModuleDataSources.SetsPoolSize)
                .Select(connection => new NpgsqlConnectionStringBuilder(connection).MaxPoolSize),
        ];

        /// <summary>How many modules have a pool of Database:PoolSize.</summary>
        public int Pools => modules.Count - ownPools.Length;

        /// <summary>The largest pool for each of them with which all fit.</summary>
        public int LargestPool
        {
            get
            {
                var free = (Available / hosts) - ownPools.Sum() - feeds;
                var fitting = Pools == 0 ? free : free / Pools;
                return limit.OfRole >= 0 && stated is null ? Math.Min(fitting, limit.OfRole / hosts) : fitting;
            }
        }

        private int Available
        {
            get
            {
                var open = stated ?? limit.Max - limit.Kept;
                return (limit.OfDatabase >= 0 && stated is null ? Math.Min(open, limit.OfDatabase) : open) - reserved;
            }
        }

        /// <summary>
        /// Says that the pools fit by themselves, but not beside those of the Hosts that run already; null when they
        /// do.
        /// </summary>
        public string? Crowd(int size)
        {
            var own = (Pools * size) + ownPools.Sum() + feeds;
            return stated is null && limit.OfOtherHosts > 0 && limit.OfOtherHosts + own > Available
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"other Hosts may use {limit.OfOtherHosts} connections and this one {own}, but PostgreSQL at "
                        + $"{server.Host}:{server.Port} has {Available} for all: "
                ) + "set Database:Hosts to how many there are, for each of them"
                : null;
        }

        public string Explain(int size)
        {
            var needed = ((Pools * size) + ownPools.Sum() + feeds) * hosts;
            var missing = needed - Available;
            var ofRole =
                limit.OfRole >= 0 && limit.OfRole < size * hosts
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $" A role of a module may have {limit.OfRole} connections, which is less than {size} for each "
                            + $"of {hosts} Hosts."
                    )
                    : "";
            var kept = stated is null
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"max_connections {limit.Max}, less {limit.Kept} that the server keeps"
                )
                : string.Create(CultureInfo.InvariantCulture, $"Database:MaxConnections {stated}");
            return string.Create(
                    CultureInfo.InvariantCulture,
                    $"The connections of {modules.Count} modules do not fit: pools of {size} in {hosts} Host(s) "
                        + $"(Database:Hosts) need {needed} connections, "
                )
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"and PostgreSQL at {server.Host}:{server.Port} has {Available} for them ({kept}, less {reserved} "
                        + $"for administrators, Database:ReservedConnections).{ofRole} "
                )
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"Lower {PoolSize.Name} to {Math.Max(LargestPool, 1)} or the Maximum Pool Size in connection "
                        + $"strings; or raise max_connections by {Math.Max(missing, 1)}; "
                )
                + "or let fewer modules (Modules:Enabled) or Hosts use this server. Behind a connection pooler set "
                + "Database:MaxConnections to what that takes.";
        }
    }
}
