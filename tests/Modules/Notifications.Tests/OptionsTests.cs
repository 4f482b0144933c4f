using System.ComponentModel.DataAnnotations;

namespace Notifications.Tests;

/// <summary>A wrong setting stops the Host at start and is named.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void The_defaults_need_no_configuration() => Faults(new()).ShouldBeEmpty();

    [Fact]
    public void Says_what_is_wrong()
    {
        Faults(new() { From = "nobody" }).ShouldHaveSingleItem().ShouldContain("notifications:From");
        Faults(new() { Smtp = new() { Port = 0 } }).ShouldHaveSingleItem().ShouldContain("notifications:Smtp:Port");
        Faults(new() { Smtp = new() { User = "ada" } }).ShouldHaveSingleItem().ShouldContain("together");
        Faults(
                new()
                {
                    Smtp = new()
                    {
                        User = "ada",
                        Password = "secret",
                        Tls = SmtpTls.None,
                    },
                }
            )
            .ShouldHaveSingleItem()
            .ShouldContain("sent for all to read");
    }

    private static string[] Faults(NotificationsOptions options)
    {
        List<ValidationResult> faults = [];
        Validator.TryValidateObject(options, new(options), faults, validateAllProperties: true);
        return [.. faults.Select(fault => fault.ErrorMessage!)];
    }
}
