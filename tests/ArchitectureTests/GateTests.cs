using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ArchitectureTests;

/// <summary>What the gate says can be trusted.</summary>
public sealed partial class GateTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gate-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void No_test_is_listed_that_does_not_run()
    {
        var listed = Directory
            .EnumerateFiles(Repository.File("tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => NotRun().IsMatch(File.ReadAllText(file)));

        listed.ShouldBeEmpty(
            "A process that a test starts is a program, not an explicit test; what is skipped for good is not there."
        );
    }

    [Theory]
    [InlineData("C")]
    [InlineData("tr_TR.UTF-8")]
    public async Task Report_tells_the_ten_longest_tests_and_those_that_failed_and_closes_with_the_count(string locale)
    {
        Write(
            "one",
            passed: 11,
            failed: 0,
            [.. Enumerable.Range(1, 11).Select(i => Result($"Test {i:00}", $"00:00:{i:00}.5000000"))]
        );
        Write(
            "two",
            passed: 1,
            failed: 1,
            Result("Quick", "00:00:00.0010000"),
            Result("Fails(text: &quot;&lt;a&gt;&quot;)", "00:01:00.2500000", "Failed")
        );

        var (exitCode, lines) = await Report(locale, "0");

        exitCode.ShouldBe(1);
        lines.ShouldBe([
            "The longest tests:",
            "60.2 s  Fails(text: \"<a>\")",
            "11.5 s  Test 11",
            "10.5 s  Test 10",
            "9.5 s  Test 09",
            "8.5 s  Test 08",
            "7.5 s  Test 07",
            "6.5 s  Test 06",
            "5.5 s  Test 05",
            "4.5 s  Test 04",
            "3.5 s  Test 03",
            "failed: Fails(text: &quot;&lt;a&gt;&quot;)",
            "12 passed, 1 failed",
        ]);
    }

    [Theory]
    [InlineData("0", 0, "1 passed, 0 failed")]
    [InlineData("134", 1, "1 passed, 1 failed")]
    public async Task Report_does_not_pass_a_run_that_ended_badly_though_no_test_failed(
        string status,
        int expected,
        string closing
    )
    {
        Write("one", passed: 1, failed: 0, Result("Test", "00:00:01.0000000"));

        var (exitCode, lines) = await Report("C", status);

        exitCode.ShouldBe(expected);
        lines.ShouldBe(["The longest tests:", "1.0 s  Test", closing]);
    }

    [Fact]
    public async Task Report_does_not_pass_when_nothing_ran()
    {
        var (exitCode, lines) = await Report("C", "0");

        exitCode.ShouldBe(1);
        lines.ShouldBe(["No test ran.", "0 passed, 1 failed"]);
    }

    [Fact]
    public async Task A_push_is_refused_until_the_gate_has_passed_on_its_tree()
    {
        await Git("init", "--quiet", "--initial-branch=main");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "a"), "1", TestContext.Current.CancellationToken);
        await Git("add", "a");
        await Git(
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.com",
            "-c",
            "commit.gpgsign=false",
            "commit",
            "--quiet",
            "--message=one"
        );
        var (commit, tree) = (await Git("rev-parse", "HEAD"), await Git("rev-parse", "HEAD^{tree}"));
        const string Nothing = "0000000000000000000000000000000000000000";

        var refused = await Push($"refs/heads/main {commit} refs/heads/main {Nothing}");
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, ".git", "gate-passed"),
            $"{tree}\n",
            TestContext.Current.CancellationToken
        );

        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain($"refs/heads/main: the gate has not passed on this tree ({tree}). Run .ci/run");
        (await Push($"refs/heads/main {commit} refs/heads/main {Nothing}")).ShouldBe((0, ""));
        (await Push($"(delete) {Nothing} refs/heads/old {commit}")).ShouldBe(
            (0, ""),
            "A branch that goes brings no tree."
        );
    }

    [Fact]
    public void Every_module_has_owners() =>
        Directory
            .EnumerateDirectories(Repository.File("src/Modules"))
            .Select(module => Path.GetFileName(module))
            .SelectMany(module => new[] { $"/src/Modules/{module}/", $"/tests/Modules/{module}.Tests/" })
            .ShouldBe(
                File.ReadLines(Repository.File(".github/CODEOWNERS"))
                    .Where(line => line.StartsWith('/'))
                    .Select(line => line.Split(' ')[0]),
                ignoreOrder: true
            );

    [Theory]
    [InlineData("public override string Name => \"loyalty\";")]
    [InlineData("public override string Name { get; } = \"loyalty\";")]
    [InlineData("public override string Name { get => \"loyalty\"; }")]
    [InlineData("// override string Name => \"old\";\r\n    public override string Name\r\n        => \"loyalty\";")]
    public async Task A_deletion_takes_only_the_planted_violations_that_name_the_module(string name)
    {
        var (exitCode, output, error) = await DryDeletionOfLoyalty(name);

        exitCode.ShouldBe(0, error);
        output.ShouldContain("would delete  src/Modules/Loyalty");
        output.ShouldContain("would change  tests/Mutations/its.mutations");
        output.ShouldNotContain("tests/Mutations/others.mutations");
    }

    [Theory]
    [InlineData("public override string Name => Names.Loyalty;")]
    [InlineData("public override string Name => \"\";")]
    [InlineData("public override string Name => Own; private const string Other = \"other\";")]
    public async Task A_deletion_is_refused_when_the_name_of_the_module_is_not_written_out(string name)
    {
        var (exitCode, output, error) = await DryDeletionOfLoyalty(name);

        exitCode.ShouldBe(1);
        output.ShouldBeEmpty();
        error.ShouldContain("The name of module Loyalty is not found in src/Modules/Loyalty/Loyalty/LoyaltyModule.cs.");
    }

    /// <summary>In a copy that holds little else.</summary>
    private async Task<(int ExitCode, string Output, string Error)> DryDeletionOfLoyalty(string name)
    {
        await Git("init", "--quiet");
        File.Copy(Repository.File("delete-module"), Path.Combine(folder.FullName, "delete-module"));
        foreach (
            var (file, text) in new[]
            {
                (
                    "src/Modules/Loyalty/Loyalty/LoyaltyModule.cs",
                    $"public sealed class LoyaltyModule : Module\n{{\n    {name}\n}}\n"
                ),
                ("src/Modules/Loyalty/Loyalty.Contracts/Loyalty.Contracts.csproj", "<Project />"),
                ("src/Host/Program.cs", "modules.Add<LoyaltyModule>();\n"),
                ("tests/Mutations/its.mutations", "# A\nupdate loyalty.points\n"),
                ("tests/Mutations/others.mutations", "# B\nupdate orders.orders\n"),
                (".github/CODEOWNERS", ""),
                ("README.md", ""),
                ("ModularMonolith.sln", ""),
            }
        )
        {
            FileInfo copied = new(Path.Combine(folder.FullName, file));
            copied.Directory!.Create();
            await File.WriteAllTextAsync(copied.FullName, text, TestContext.Current.CancellationToken);
        }

        return await Run("bash", ["delete-module", "--dry-run", "Loyalty"], input: "");
    }

    private async Task<string> Git(params string[] arguments)
    {
        var (exitCode, output, error) = await Run("git", arguments, input: "");
        exitCode.ShouldBe(0, error);
        return output.Trim();
    }

    private async Task<(int ExitCode, string Error)> Push(string refs)
    {
        var (exitCode, _, error) = await Run("bash", [Repository.File(".githooks/pre-push")], $"{refs}\n");
        return (exitCode, error);
    }

    private async Task<(int ExitCode, string Output, string Error)> Run(
        string program,
        string[] arguments,
        string input
    )
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, error) = (
            process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)
        );
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    private static string Result(string name, string duration, string outcome = "Passed") =>
        $"<UnitTestResult executionId=\"1\" testId=\"2\" testName=\"{name}\" computerName=\"c\" "
        + $"duration=\"{duration}\" outcome=\"{outcome}\" />";

    private void Write(string name, int passed, int failed, params string[] results) =>
        File.WriteAllText(
            Path.Combine(folder.FullName, $"{name}.trx"),
            $"<TestRun>\n{string.Join('\n', results)}\n<Counters total=\"{passed + failed}\" passed=\"{passed}\" "
                + $"failed=\"{failed}\" />\n</TestRun>\n"
        );

    private async Task<(int ExitCode, string[] Lines)> Report(string locale, string status)
    {
        ProcessStartInfo start = new("bash", [Repository.File(".ci/report"), folder.FullName, status])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["LC_ALL"] = locale;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [GeneratedRegex(@"\[(Fact|Theory)\([^)\n]*\b(Explicit|Skip) *=", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NotRun();
}
