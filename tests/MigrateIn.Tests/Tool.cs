namespace MigrateIn.Tests;

/// <summary>Runs the tool in this process, as its program does.</summary>
internal static class Tool
{
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] args)
    {
        await using StringWriter output = new();
        await using StringWriter errors = new();
        var exitCode = await CommandLine.RunAsync(args, output, errors);
        return (exitCode, output.ToString(), errors.ToString());
    }
}
