using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace BuildingBlocks.EmbeddedPostgres;

/// <summary>Starts the server of a cluster and waits until it takes connections.</summary>
internal sealed class Launch(
    DataFolder folder,
    PostgresBinaries binaries,
    Account? account,
    EmbeddedPostgresOptions options,
    ILogger logger
)
{
    private const int PortAttempts = 5;
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(10);

    public async Task<Postmaster> RunAsync(CancellationToken cancellationToken)
    {
        if (account is not null)
        {
            await account.AdoptAsync(folder.Cluster, cancellationToken);
        }

        for (var attempt = 1; ; attempt++)
        {
            var port = options.Port ?? folder.FreePort();
            var words = new LastWords(folder);
            if (await TryAsync(port, words, cancellationToken) is { } postmaster)
            {
                folder.Keep(port);
                return postmaster;
            }

            var said = await words.ReadAsync(cancellationToken);
            var portInUse = said.Contains("could not bind IPv4 address", StringComparison.Ordinal);
            if (portInUse && options.Port is not null)
            {
                throw new EmbeddedPostgresException(
                    $"PostgreSQL cannot listen on 127.0.0.1:{port}. Set EmbeddedPostgres__Port to a free port, "
                        + $"or remove it to have one chosen. PostgreSQL said:\n{said}"
                );
            }

            // Somebody took the free port between our look at it and the start.
            if (!portInUse || attempt == PortAttempts)
            {
                throw new EmbeddedPostgresException(
                    $"PostgreSQL {binaries.Version} ({binaries.Directory}) ended while it started. If what it said "
                        + "below names a setting, change "
                        + "EmbeddedPostgres__Settings; if it is about the data or its folder, "
                        + "EmbeddedPostgres__DataDirectory. "
                        + $"PostgreSQL said:\n{said}"
                );
            }
        }
    }

    /// <summary>Null when the server ended instead of starting.</summary>
    private async Task<Postmaster?> TryAsync(int port, LastWords words, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(options.StartTimeout);

        // Owned by the postmaster that is handed back.
        var child = await StartAsync(port, bounded.Token);
        try
        {
            while (child is null || !child.HasExited)
            {
                var file = await PidFile.ReadAsync(folder, bounded.Token);
                if (file is { Ready: true })
                {
                    return new Postmaster(child ?? Process.GetProcessById(file.ProcessId), port);
                }

                await Task.Delay(_pollInterval, bounded.Token);
            }

            child.Dispose();
            return null;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            await AbandonAsync(child);
            throw new EmbeddedPostgresException(
                $"PostgreSQL did not start within EmbeddedPostgres__StartTimeout ({options.StartTimeout}); recovery "
                    + "after a crash can take longer. "
                    + $"PostgreSQL said:\n{await words.ReadAsync(cancellationToken)}",
                exception
            );
        }
        catch
        {
            await AbandonAsync(child);
            throw;
        }
    }

    private async Task AbandonAsync(Process? child)
    {
        if (child is not null)
        {
            using var postmaster = new Postmaster(child, port: 0);
            await postmaster.StopAsync(TimeSpan.FromSeconds(5), logger);
        }
    }

    private async Task<Process?> StartAsync(int port, CancellationToken cancellationToken)
    {
        var settings = Settings(port);
        if (!OperatingSystem.IsWindows())
        {
            return Command.StartDetached(
                folder.Cluster,
                "/dev/null",
                folder.StartLog,
                [
                    .. Account.Prefix(account),
                    binaries.PathOf("postgres"),
                    "-D",
                    Account.PathOf(folder.Cluster, account),
                    .. settings.SelectMany(setting => (string[])["-c", $"{setting.Key}={setting.Value}"]),
                ]
            );
        }

        // pg_ctl gives up an administrator's rights, which postgres would refuse, and takes the server out of reach of
        // Ctrl+C.
        var line = string.Join(' ', settings.Select(setting => $"-c \"{setting.Key}={setting.Value}\""));
        var outcome = await Command.RunAsync(
            [binaries.PathOf("pg_ctl"), "start", "-W", "-s", "-D", folder.Cluster, "-l", folder.StartLog, "-o", line],
            cancellationToken
        );
        return outcome.Succeeded
            ? null
            : throw new EmbeddedPostgresException($"pg_ctl could not start PostgreSQL: {outcome.Output}");
    }

    private Dictionary<string, string> Settings(int port)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["shared_buffers"] = "128MB",
            ["max_connections"] = "200",
            ["logging_collector"] = "on",
            ["log_directory"] = "log",
            // Twenty-four files, each overwritten when its hour comes again.
            ["log_filename"] = "postgresql-%H.log",
            ["log_rotation_age"] = "60min",
            ["log_rotation_size"] = "0",
            ["log_truncate_on_rotation"] = "on",
            // A failing statement can hold a password: create role ... password '...'.
            ["log_min_error_statement"] = "panic",
        };

        if (!options.Durable)
        {
            settings["fsync"] = "off";
            settings["synchronous_commit"] = "off";
            settings["full_page_writes"] = "off";
        }

        foreach (var (name, value) in options.Settings)
        {
            settings[name] = value;
        }

        settings["listen_addresses"] = "127.0.0.1";
        settings["unix_socket_directories"] = "";
        settings["port"] = port.ToString(CultureInfo.InvariantCulture);
        return settings;
    }
}
