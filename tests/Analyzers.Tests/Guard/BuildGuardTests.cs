namespace Analyzers.Tests.Guard;

public sealed class BuildGuardTests(GuardRun guard)
{
    public static IEnumerable<TheoryDataRow<string>> Refused =>
        GuardCases.Refused.Select(one => new TheoryDataRow<string>(one.Name));

    public static IEnumerable<TheoryDataRow<string>> Fine =>
        GuardCases.Fine.Concat(GuardCases.Unmodified).Select(one => new TheoryDataRow<string>(one.Name));

    [Theory]
    [MemberData(nameof(Refused))]
    public void Refuses(string name)
    {
        var expected = GuardCases.All.Single(one => string.Equals(one.Name, name, StringComparison.Ordinal)).Expected;
        var errors = guard.ErrorsOf(name);

        errors.Count.ShouldBe(expected.Length, string.Join('\n', errors));
        foreach (var (error, beginning) in errors.Zip(expected))
        {
            error.ShouldStartWith(beginning);
            error.ShouldContain($"Rule: docs/rules/{error.Split("error ")[1][..6]}.md");
        }
    }

    [Theory]
    [MemberData(nameof(Fine))]
    public void Lets_pass(string name) => guard.ErrorsOf(name).ShouldBeEmpty();

    [Fact]
    public void Fails_for_no_other_reason() => guard.ErrorsOf("").ShouldBeEmpty();
}
