using System.Diagnostics;
using System.Globalization;

namespace EventLog.Bench;

/// <summary>What some work took, of us and of PostgreSQL.</summary>
/// <param name="Time">By the clock.</param>
/// <param name="Statements"> Executed, begin and commit among them; without what Npgsql sends ahead to reset a
/// connection that comes from its pool: discard all, or, where there are prepared statements to be kept, the seven
/// statements that make up the rest of it.
/// </param>
/// <param name="WalBytes">Written ahead.</param>
/// <param name="OwnProcessor">Processor time of this process.</param>
/// <param name="PostgresProcessor">Processor time of all of PostgreSQL's.</param>
/// <param name="AllocatedBytes">On the managed heap of this process.</param>
internal sealed record Cost(
    TimeSpan Time,
    long Statements,
    long WalBytes,
    TimeSpan OwnProcessor,
    TimeSpan PostgresProcessor,
    long AllocatedBytes
)
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that we run on

    public static async Task<Cost> OfAsync(
        Server server,
        Installation installation,
        Func<Task> work,
        CancellationToken cancellationToken
    )
    {
        var before = await LookAsync(server, installation, cancellationToken);
        var began = Stopwatch.GetTimestamp();
        await work();
        var time = Stopwatch.GetElapsedTime(began);
        var after = await LookAsync(server, installation, cancellationToken);
        return new(
            time,
            after.Statements - before.Statements,
            after.WalBytes - before.WalBytes,
            after.OwnProcessor - before.OwnProcessor,
            after.PostgresProcessor - before.PostgresProcessor,
            after.AllocatedBytes - before.AllocatedBytes
        );
    }

    private static async Task<Cost> LookAsync(
        Server server,
        Installation installation,
        CancellationToken cancellationToken
    )
    {
        using var own = Process.GetCurrentProcess();
        var (processor, postgres, allocated) = (
            own.TotalProcessorTime,
            PostgresTime(server.Postmaster),
            GC.GetTotalAllocatedBytes()
        );

        var counts = await installation.ValueAsync<long[]>(
            """
            select array[
              coalesce(sum(calls) filter (where query !~* '^(discard|close all|unlisten|reset all|set session authorization|select pg_advisory_unlock_all)' and query not like '%pg_stat_statements%'), 0)::bigint,
              (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint]
            from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())
            """,
            cancellationToken
        );
        return new(TimeSpan.Zero, counts[0], counts[1], processor, postgres, allocated);
    }

    /// <summary>Of the first process with all its children that have ended, and of those that have not.</summary>
    private static TimeSpan PostgresTime(int postmaster)
    {
        var own = Stat(postmaster)!;
        var ticks = own[13..17].Sum(text => long.Parse(text, CultureInfo.InvariantCulture));
        foreach (
            var folder in Directory
                .EnumerateDirectories("/proc")
                .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
        )
        {
            if (
                Stat(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)) is { } stat
                && int.Parse(stat[3], CultureInfo.InvariantCulture) == postmaster
            )
            {
                ticks += stat[13..15].Sum(text => long.Parse(text, CultureInfo.InvariantCulture));
            }
        }

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>The fields of /proc/id/stat, from 0; null when the process has ended.</summary>
    private static string[]? Stat(int processId)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{processId}/stat");

            // The name, in parentheses, may hold blanks.
            var end = text.LastIndexOf(')');
            return ["", "", .. text[(end + 2)..].Split(' ')];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
