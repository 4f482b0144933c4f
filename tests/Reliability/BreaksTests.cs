using Analyzers.Tests.Running;

namespace Reliability;

/// <summary>
/// tests/Reliability/break-promises does them; here they are only kept true to the code that they break.
/// </summary>
public sealed class BreaksTests
{
    [Fact]
    public void Every_break_still_fits_the_code()
    {
        Breaks.All.ShouldNotBeEmpty();
        Breaks.All.Select(one => one.Title).ShouldBeUnique(StringComparer.Ordinal);
        foreach (var one in Breaks.All)
        {
            one.How.ShouldBe("test", one.Title);
            one.Planted(Repository.Read).ShouldNotBeEmpty(one.Title);
        }
    }

    [Fact]
    public void Docs_tell_which_test_sees_each_promise_broken()
    {
        var page = Repository.Read("docs/guarantees.md");
        Breaks
            .All.Select(one => one.Title)
            .Where(title => !page.Contains($"| {title} |", StringComparison.Ordinal))
            .ShouldBeEmpty("docs/guarantees.md lacks them.");
    }
}
