namespace MigrateIn.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Help_tells_the_verbs_and_what_exit_codes_mean()
    {
        var (exitCode, output, _) = await Tool.RunAsync("--help");

        exitCode.ShouldBe(0);
        output.ShouldContain("plan");
        output.ShouldContain("2 wrong arguments");
    }

    [Fact]
    public async Task Wrong_arguments_end_with_2()
    {
        (await Tool.RunAsync("plan", "--nonsense")).ExitCode.ShouldBe(2);
        (await Tool.RunAsync("fly")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task Refuses_to_guess_which_database_is_meant()
    {
        var (exitCode, _, errors) = await Tool.RunAsync("plan");

        exitCode.ShouldBe(1);
        errors.ShouldContain(CommandLine.Variable);
    }

    [Fact]
    public async Task Says_that_a_server_cannot_be_reached()
    {
        var (exitCode, _, errors) = await Tool.RunAsync(
            "plan",
            "--database",
            "Host=127.0.0.1;Port=1;Username=nobody;Password=hidden-word;Timeout=5"
        );

        exitCode.ShouldBe(1);
        errors.ShouldContain("127.0.0.1:1");
        errors.ShouldNotContain("hidden-word");
    }

    [Fact]
    public async Task Does_not_repeat_a_connection_string_that_it_cannot_read()
    {
        var (exitCode, _, errors) = await Tool.RunAsync("plan", "--database", "Hostess=x;Password=hidden-word");

        exitCode.ShouldBe(1);
        errors.ShouldContain("cannot be read");
        errors.ShouldNotContain("hidden-word");
    }
}
