using System.Diagnostics;
using BuildingBlocks.Testing;

namespace Host.Tests.Deployment;

/// <summary>
/// Dockerfile, compose file and Kubernetes manifests, held against their schemas and against what we want of all
/// containers, by the programs that package-lock.json pins.
/// </summary>
public sealed class DescriptionTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static readonly NpmTools Tools = new("deployment", Path.Combine(AppContext.BaseDirectory, "Deployment"));

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("deployment-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task The_Dockerfile_is_as_its_linter_wants_it() =>
        (await Check("dockerfile", Deploy.File("Dockerfile"))).ShouldBeEmpty();

    [Fact]
    public async Task The_compose_file_fits_its_schema_and_gives_each_container_what_it_needs_and_no_more() =>
        (await Check("compose", Deploy.File("deploy/compose.yaml"))).ShouldBeEmpty();

    [Fact]
    public async Task The_manifests_fit_their_kinds_and_give_each_container_what_it_needs_and_no_more() =>
        (await Check("manifests", Directory.GetFiles(Deploy.File("deploy/kubernetes/base")))).ShouldBeEmpty();

    [Fact]
    public async Task Kustomize_makes_manifests_of_them_that_fit_their_kinds()
    {
        Assert.SkipUnless(Deploy.Has("kubectl"), "kubectl is not on this machine.");

        var made = await Run("kubectl", "kustomize", Deploy.File("deploy/kubernetes/base"));
        made.ExitCode.ShouldBe(0, made.Report);
        var file = Path.Combine(folder.FullName, "made.yaml");
        await File.WriteAllTextAsync(file, made.Report, TestContext.Current.CancellationToken);

        (await Check("manifests", file, Deploy.File("deploy/kubernetes/base/settings.env"))).ShouldBeEmpty();
        foreach (var kind in new[] { "Deployment", "Job", "PodDisruptionBudget", "Service", "ConfigMap" })
        {
            made.Report.ShouldContain($"kind: {kind}\n");
        }
    }

    [Theory]
    [InlineData("dockerfile", "Dockerfile", "EXPOSE 8080", "EXPOSE port", "Invalid")]
    [InlineData("compose", "deploy/compose.yaml", "  read_only: true", "  readonly: true", "must NOT have additional")]
    [InlineData("compose", "deploy/compose.yaml", "host-secrets:/run", "migrate-secrets:/run", "sees the owners'")]
    [InlineData("manifests", "deploy/kubernetes/base/host.yaml", "replicas: 2", "replicas: two", "must be integer")]
    [InlineData(
        "manifests",
        "deploy/kubernetes/base/host.yaml",
        "Seconds: 45",
        "Seconds: 35",
        "is killed before the 35"
    )]
    [InlineData("manifests", "deploy/kubernetes/base/migrate.yaml", "drop: [ALL]", "drop: []", "keeps capabilities")]
    public async Task A_mistake_is_named(string what, string path, string right, string wrong, string named)
    {
        var text = await File.ReadAllTextAsync(Deploy.File(path), TestContext.Current.CancellationToken);
        text.ShouldContain(right);
        var file = Path.Combine(folder.FullName, Path.GetFileName(path));
        await File.WriteAllTextAsync(
            file,
            text.Replace(right, wrong, StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );

        (await Check(what, file, Deploy.File("deploy/kubernetes/base/settings.env"))).ShouldContain(named);
    }

    /// <summary>The faults, one a line.</summary>
    private async Task<string> Check(string what, params string[] files)
    {
        var (exitCode, report) = await NpmTools.NodeAsync(
            folder.FullName,
            Limit,
            [
                Path.Combine(AppContext.BaseDirectory, "Deployment", "check.mjs"),
                await Tools.InstalledAsync(),
                what,
                .. files,
            ]
        );
        exitCode.ShouldBe(report.Length == 0 ? 0 : 1, report);
        return report;
    }

    private static async Task<(int ExitCode, string Report)> Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        using CancellationTokenSource deadline = new(Limit);
        var report = await process.StandardOutput.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, report);
    }
}
