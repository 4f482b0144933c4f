using Catalog.Domain;

namespace Catalog.Tests.Domain;

public sealed class SkuTests
{
    [Theory]
    [InlineData("NW-001")]
    [InlineData(" 85123a ")]
    [InlineData("A.B_C-9")]
    [InlineData("0123456789012345678901234567890123456789")]
    public void Takes_letters_digits_and_a_few_marks_in_any_case(string typed) => Sku.IsValid(typed).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("A B")]
    [InlineData("A/B")]
    [InlineData("ÄPFEL")]
    [InlineData("..")]
    [InlineData("A\nB")]
    [InlineData("01234567890123456789012345678901234567890")]
    public void Refuses_what_could_not_stand_in_an_address(string typed) => Sku.IsValid(typed).ShouldBeFalse();

    [Fact]
    public void Is_written_in_upper_case_without_blanks_around_it() => Sku.Normalize(" nw-1a ").ShouldBe("NW-1A");
}
