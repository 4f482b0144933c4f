using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using BuildingBlocks.Analyzers.Sql;
using BuildingBlocks.EventLog.Consuming;
using Npgsql;

namespace BuildingBlocks.Database.Guarding;

/// <summary>
/// Reads every statement that a module's connections are about to execute, EF Core's and hand-written ones alike, and
/// refuses those that name another schema. The database would refuse most of them too, but says neither who asked nor
/// what to do instead. On connections that others use later it also refuses what would change a session for them.
/// Thread-safe.
/// </summary>
internal sealed partial class SqlGuard
{
    // Texts, most of which come again and again: reading one costs microseconds, finding it here a fraction of that.
    private const int MostKnown = 4096;

    private static readonly Lazy<ActivityListener> Awake = new(Listen);

    private readonly ConcurrentDictionary<string, Verdict> known = new(StringComparer.Ordinal);
    private readonly HashSet<string> own;
    private readonly HashSet<string> others;
    private readonly string module;
    private readonly bool sessionsAreShared;

    /// <param name="module">Whose connections they are.</param>
    /// <param name="modules">The names of all modules that are known here.</param>
    /// <param name="sessionsAreShared">Whether others use a connection later just as it was left.</param>
    public SqlGuard(string module, IEnumerable<string> modules, bool sessionsAreShared)
    {
        (this.module, this.sessionsAreShared) = (module, sessionsAreShared);
        own = new(StringComparer.Ordinal)
        {
            module,
            RebuildTables.SchemaOf(module),
            ReferenceSchema.Name,
            "information_schema",
            "default",
            "",
        };
        others = modules
            .SelectMany(other => new[] { other, RebuildTables.SchemaOf(other) })
            .Where(schema => !own.Contains(schema))
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Watches all connections that will come from this builder's data source.</summary>
    public void Over(NpgsqlDataSourceBuilder builder)
    {
        _ = Awake.Value;
        builder.ConfigureTracing(tracing =>
            tracing
                .ConfigureCommandFilter(command => Passes(command.CommandText))
                .ConfigureBatchFilter(Passes)
                .ConfigureCopyOperationFilter(Passes)
        );
    }

    /// <summary>The first name of a foreign schema in a statement, or null.</summary>
    public SqlFinding? Read(string sql) => Judge(sql).Foreign;

    private Verdict Judge(string sql)
    {
        if (known.TryGetValue(sql, out var verdict))
        {
            return verdict;
        }

        var findings = SqlNames.InExecuted(sql, IsForeign, others.Contains);
        verdict = new(findings.Count > 0 ? findings[0] : null, sessionsAreShared && StateOfASession().IsMatch(sql));
        if (known.Count < MostKnown)
        {
            known[sql] = verdict;
        }

        return verdict;
    }

    private bool Passes(NpgsqlBatch batch)
    {
        foreach (var command in batch.BatchCommands)
        {
            Passes(command.CommandText);
        }

        return true;
    }

    // Npgsql asks whether the command is to be traced, right before it is sent and on the caller's stack; whatever we
    // answer, a throw stops it.
    private bool Passes(string sql) =>
        Judge(sql) switch
        {
            { Foreign: { } foreign } => throw new ForeignSqlException(module, foreign, sql),
            { ChangesSession: true } => throw new SessionStateException(module, sql),
            _ => true,
        };

    private bool IsForeign(string schema) =>
        !own.Contains(schema) && !schema.StartsWith("pg_", StringComparison.Ordinal);

    // Npgsql asks only while its traces have a listener.
    private static ActivityListener Listen()
    {
        ActivityListener listener = new() { ShouldListenTo = source => source.Name is "Npgsql" };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    [GeneratedRegex(
        @"(^|;)\s*(set\s+(?!local\b|transaction\b|constraints\b)|reset\b"
            + @"|listen\b|discard\b|prepare\b|declare\b[^;]*\bwith\s+hold\b)"
            + @"|\bpg_(try_)?advisory_lock(_shared)?\s*\(|\bset_config\s*\([^)]*\bfalse\s*\)",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex StateOfASession();

    private readonly record struct Verdict(SqlFinding? Foreign, bool ChangesSession);
}
