namespace Analyzers.Tests.Running;

/// <summary>What is planted in a copy and taken back must be gone from what is built of it as well.</summary>
public sealed class ScratchCopyTests
{
    [Fact]
    public void A_file_that_is_brought_back_is_newer_than_what_was_built_of_it_before()
    {
        const string Page = "README.md";
        using var copy = ScratchCopy.Empty();
        copy.Write(Page, "planted");
        copy.Write("built", "of it");

        copy.Restore([Page]);

        var restored = Path.Combine(copy.Root, Page);
        File.ReadAllText(restored).ShouldBe(Repository.Read(Page));
        File.GetLastWriteTimeUtc(restored)
            .ShouldBeGreaterThanOrEqualTo(File.GetLastWriteTimeUtc(Path.Combine(copy.Root, "built")));
    }
}
