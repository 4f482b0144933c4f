using Npgsql;
using Reliability.Running;

namespace Reliability.Faults;

/// <summary>What happens to PostgreSQL, and on the way to it.</summary>
internal sealed class DatabaseFaults(Server server, Volume volume, Fleet fleet)
{
    private const string Hog = "reliability_hog";
    private static readonly TimeSpan CutLimit = TimeSpan.FromSeconds(4);
    private readonly string hogPassword = Guid.CreateVersion7().ToString("N");

    public Lane Lane(TimeSpan shortest, TimeSpan longest) =>
        new(
            "database",
            shortest,
            longest,
            [
                new("postgres-stop", 5, Missing: null, StopAsync),
                new("cut-in-commit", 4, Missing: null, CutInCommitAsync),
                new("backend-kill", 2, Missing: null, KillBackendAsync),
                new("backend-terminate", 2, Missing: null, TerminateAsync),
                new("stall", 1, Missing: null, StallAsync),
                new(
                    "disk-full",
                    1,
                    volume.CanBeFilled ? null : "mounting a small file system is not permitted",
                    FillDiskAsync
                ),
                new("connections-full", 1, Missing: null, TakeConnectionsAsync),
            ]
        );

    public async Task PrepareAsync()
    {
        await using var administrator = await OpenAsync();
        await using NpgsqlCommand role = new(
            $"create role {Hog} login password '{hogPassword}'; grant connect on database {Installation.Database} to "
                + $"{Hog}",
            administrator
        );
        await role.ExecuteNonQueryAsync();
    }

    private async Task<int> StopAsync(Random random, CancellationToken stop)
    {
        if (!await fleet.HasUpAsync(1, stop))
        {
            return 0;
        }

        await server.CrashAsync(TimeSpan.FromMilliseconds(random.Next(0, 1500)));
        return 1;
    }

    /// <summary>The commit arrives, its answer does not.</summary>
    private async Task<int> CutInCommitAsync(Random random, CancellationToken stop)
    {
        if (!await fleet.HasUpAsync(1, stop) || fleet.Up is not { Count: > 0 } up)
        {
            return 0;
        }

        var proxy = up[random.Next(up.Count)].Proxy;
        var (before, wanted) = (proxy.CutInCommit, random.Next(1, 6));
        proxy.CutNextCommits(wanted);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(CutLimit);
        while (proxy.CutInCommit < before + wanted && !limit.IsCancellationRequested)
        {
            await Task.Delay(50, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        proxy.CutNextCommits(0);
        return proxy.CutInCommit - before;
    }

    /// <summary>kill -9 of one backend: PostgreSQL throws all others out and recovers.</summary>
    private Task<int> KillBackendAsync(Random random, CancellationToken stop) =>
        OnBackendAsync(random, async (_, processId) => await Programs.SignalAsync(processId, "KILL"), stop);

    private Task<int> TerminateAsync(Random random, CancellationToken stop) =>
        OnBackendAsync(
            random,
            async (administrator, processId) =>
            {
                await using NpgsqlCommand terminate = new("select pg_terminate_backend($1)", administrator)
                {
                    Parameters = { new() { Value = processId } },
                };
                return (bool)(await terminate.ExecuteScalarAsync())!;
            },
            stop
        );

    private async Task<int> OnBackendAsync(
        Random random,
        Func<NpgsqlConnection, int, Task<bool>> act,
        CancellationToken stop
    )
    {
        await fleet.HasUpAsync(1, stop);
        try
        {
            await using var administrator = await OpenAsync();
            List<int> backends = [];
            await using (
                NpgsqlCommand busyFirst = new(
                    """
                    select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() and usename like 'mm\_%'
                    order by (state <> 'idle') desc, random() limit 3
                    """,
                    administrator
                )
            )
            await using (var reader = await busyFirst.ExecuteReaderAsync(CancellationToken.None))
            {
                while (await reader.ReadAsync(CancellationToken.None))
                {
                    backends.Add(reader.GetInt32(0));
                }
            }

            return backends.Count > 0 && await act(administrator, backends[random.Next(backends.Count)]) ? 1 : 0;
        }
        catch (Exception down) when (down is NpgsqlException or TimeoutException)
        {
            return 0;
        }
    }

    /// <summary>Nothing passes for a while; then it goes on as if nothing had been, or is cut.</summary>
    private async Task<int> StallAsync(Random random, CancellationToken stop)
    {
        var proxy = fleet.Slots[random.Next(fleet.Slots.Count)].Proxy;
        proxy.Stall();
        await Task.Delay(TimeSpan.FromSeconds(random.Next(2, 9)), stop)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (random.Next(2) == 0)
        {
            proxy.CutAll();
        }

        proxy.Resume();
        return 1;
    }

    private async Task<int> FillDiskAsync(Random random, CancellationToken stop)
    {
        try
        {
            volume.Fill();
            await Task.Delay(TimeSpan.FromSeconds(random.Next(2, 6)), stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            volume.Free();
        }

        // It may have given up while it recovered.
        await server.EnsureRunsAsync();
        return 1;
    }

    private async Task<int> TakeConnectionsAsync(Random random, CancellationToken stop)
    {
        NpgsqlConnectionStringBuilder hog = new(server.Administrator(Installation.Database))
        {
            Username = Hog,
            Password = hogPassword,
            Timeout = 5,
        };
        List<NpgsqlConnection> taken = [];
        var full = false;
        try
        {
            while (!full && taken.Count < Server.MaxConnections)
            {
                NpgsqlConnection connection = new(hog.ConnectionString);
                taken.Add(connection);
                try
                {
                    await connection.OpenAsync(CancellationToken.None);
                }
                catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.TooManyConnections)
                {
                    full = true;
                }
            }

            await Task.Delay(TimeSpan.FromSeconds(random.Next(2, 5)), stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception down) when (down is NpgsqlException or TimeoutException)
        {
            full = false;
        }
        finally
        {
            foreach (var connection in taken)
            {
                await connection.DisposeAsync();
            }
        }

        return full ? 1 : 0;
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        NpgsqlConnection administrator = new(server.Administrator(Installation.Database));
        await administrator.OpenAsync();
        return administrator;
    }
}
