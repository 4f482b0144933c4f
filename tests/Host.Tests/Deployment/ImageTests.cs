using System.Diagnostics;

namespace Host.Tests.Deployment;

/// <summary>The Host in its container image, on the image's own root file system and a PostgreSQL beside it.</summary>
[Trait("Module", "Orders")]
public sealed class ImageTests
{
    private const int ToolMissing = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData("dockerfile")]
    [InlineData("sdk")]
    public async Task An_order_is_placed_in_the_image_with_one_role_a_module_and_SIGTERM_stops_it(string how)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Images are of Linux.");

        ProcessStartInfo start = new("bash", [Deploy.File("deploy/trial"), how])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        using CancellationTokenSource deadline = new(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.SkipWhen(process.ExitCode == ToolMissing, await errors);

            process.ExitCode.ShouldBe(0, await output + await errors);
            (await output).ShouldContain("is confirmed");
            (await output).ShouldContain("All walls stand.");
            (await output).ShouldContain("stopped by SIGTERM with exit code 0");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
