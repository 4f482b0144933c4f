using Host.Tests.Running;

namespace Host.Tests.Startup;

/// <summary>Settings that name modules, or what is made of several.</summary>
[Trait("Module", "Orders")]
public sealed class ModuleSettingTests
{
    [Theory]
    [InlineData("Composition__TimeLimit", "00:01:00", "Composition:TimeLimit")]
    [InlineData("Composition__TimeLimits__payments", "00:00:00", "Composition:TimeLimits:payments")]
    [InlineData("Modules__users__ConnectionString", "Host=127.0.0.1", "Modules:orders:ConnectionString")]
    public async Task Names_the_setting_that_is_wrong(string name, string value, string named)
    {
        using HostSettings settings = new();

        var (exitCode, _, errors) = await HostProcess.RunAsync(settings.With(name, value));

        BadStartTests.IsOneMessage(exitCode, errors, named);
    }
}
