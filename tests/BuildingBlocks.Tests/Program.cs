using BuildingBlocks.Tests.EmbeddedPostgres;
using Xunit.Runner.InProc.SystemConsole;

namespace BuildingBlocks.Tests;

/// <summary>
/// The test project; with <c>hold-server</c> as its first argument the process that a test starts and kills.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments) =>
        arguments switch
        {
            [ServerHolder.Command, var folder] => await ServerHolder.RunAsync(folder),
            _ => await ConsoleRunner.Run(arguments),
        };
}
