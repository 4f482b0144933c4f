using System.ComponentModel.DataAnnotations;

namespace Users.Tests;

public sealed class UsersOptionsTests
{
    [Fact]
    public void Are_valid_as_they_come() => Faults(new()).ShouldBeEmpty();

    [Fact]
    public void Refuse_a_token_that_lives_for_ever() =>
        Faults(new() { AccessTokenLifetime = TimeSpan.FromDays(2) })
            .ShouldHaveSingleItem()
            .ShouldContain(nameof(UsersOptions.AccessTokenLifetime));

    [Fact]
    public void Refuse_a_longest_lock_out_shorter_than_the_first() =>
        Faults(new() { LongestLockOut = TimeSpan.FromSeconds(30) })
            .ShouldHaveSingleItem()
            .ShouldContain(nameof(UsersOptions.LongestLockOut));

    private static List<string> Faults(UsersOptions options)
    {
        List<ValidationResult> faults = [];
        Validator.TryValidateObject(options, new(options), faults, validateAllProperties: true);
        return [.. faults.Select(fault => fault.ErrorMessage!)];
    }
}
