namespace BuildingBlocks.EmbeddedPostgres;

/// <summary>Makes the cluster of a data folder, wholly or not at all.</summary>
internal static class NewCluster
{
    private const string Unfinished = "postgres.new-";

    public static async Task CreateAsync(
        DataFolder folder,
        PostgresBinaries binaries,
        Account? account,
        EmbeddedPostgresOptions options,
        CancellationToken cancellationToken
    )
    {
        RefuseForeignFiles(folder);
        foreach (var leftover in Directory.GetDirectories(folder.Root, Unfinished + "*"))
        {
            Directory.Delete(leftover, recursive: true);
        }

        // Under a name of its own: an initdb whose Host was killed may still be writing under another.
        var temporary = Path.Combine(folder.Root, Unfinished + Guid.CreateVersion7().ToString("N"));
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(temporary);
        }
        else
        {
            Directory.CreateDirectory(
                temporary,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
        }

        try
        {
            if (account is not null)
            {
                await account.TakeAsync(temporary, cancellationToken);
            }

            await Bounded.RunAsync(
                options.StartTimeout,
                () =>
                    $"Creating a PostgreSQL cluster in {folder.Root} took longer than EmbeddedPostgres__StartTimeout "
                    + $"({options.StartTimeout}).",
                token => FillAsync(temporary, folder, binaries, account, options, token),
                cancellationToken
            );
            Directory.Move(temporary, folder.Cluster);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    private static void RefuseForeignFiles(DataFolder folder)
    {
        if (!Directory.Exists(folder.Cluster))
        {
            return;
        }

        if (Directory.EnumerateFileSystemEntries(folder.Cluster).Any())
        {
            throw new EmbeddedPostgresException(
                $"{folder.Cluster} is not empty but holds no PostgreSQL cluster (no PG_VERSION). "
                    + "Set EmbeddedPostgres__DataDirectory to another folder. Nothing was changed."
            );
        }

        Directory.Delete(folder.Cluster);
    }

    private static async Task<bool> FillAsync(
        string cluster,
        DataFolder folder,
        PostgresBinaries binaries,
        Account? account,
        EmbeddedPostgresOptions options,
        CancellationToken cancellationToken
    )
    {
        var outcome = await InitdbAsync(Locale(binaries, "C.UTF-8"));
        if (outcome.Output.Contains("invalid locale name", StringComparison.Ordinal))
        {
            // Not every system has C.UTF-8; C sorts the same and only knows fewer letters.
            outcome = await InitdbAsync(Locale(binaries, "C"));
        }

        return outcome.Succeeded
            ? true
            : throw new EmbeddedPostgresException(
                $"initdb could not create a PostgreSQL cluster in {folder.Root} (exit code {outcome.ExitCode}): "
                    + $"{outcome.Output}\n"
                    + "Set EmbeddedPostgres__DataDirectory to a folder on a disk with space, or "
                    + "EmbeddedPostgres__BinDirectory to other binaries."
            );

        Task<CommandOutcome> InitdbAsync(IEnumerable<string> locale) =>
            RunInitdbAsync(
                cluster,
                folder,
                account,
                [binaries.PathOf("initdb"), .. Arguments(cluster, account, options), .. locale],
                cancellationToken
            );
    }

    private static IEnumerable<string> Arguments(string cluster, Account? account, EmbeddedPostgresOptions options) =>
        [
            "-D",
            Account.PathOf(cluster, account),
            "-U",
            "postgres",
            "--encoding=UTF8",
            "--auth=scram-sha-256",
            .. options.Durable ? Array.Empty<string>() : ["--no-sync"],
        ];

    /// <summary>From 17 on PostgreSQL brings C.UTF-8 itself, the same on every system.</summary>
    private static IEnumerable<string> Locale(PostgresBinaries binaries, string name) =>
        binaries.Version.Major >= 17
            ? ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            : [$"--locale={name}"];

    private static async Task<CommandOutcome> RunInitdbAsync(
        string cluster,
        DataFolder folder,
        Account? account,
        IEnumerable<string> initdb,
        CancellationToken cancellationToken
    )
    {
        if (OperatingSystem.IsWindows())
        {
            return await Command.RunAsync([.. initdb, $"--pwfile={folder.PasswordFile}"], cancellationToken);
        }

        // The account may not read the password file. It reads a pipe of its own, which root's open file feeds.
        const string feed = "cat | exec \"$@\" --pwfile=/dev/stdin";
        using var process = Command.StartDetached(
            cluster,
            folder.PasswordFile,
            folder.StartLog,
            [.. Account.Prefix(account), "/bin/sh", "-c", feed, "sh", .. initdb]
        );
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            await Command.EndAsync(process);
        }

        return new CommandOutcome(
            process.ExitCode,
            (await File.ReadAllTextAsync(folder.StartLog, cancellationToken)).Trim()
        );
    }
}
