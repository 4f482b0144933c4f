namespace Packages.Tests;

/// <summary>samples/TwoModules, built from the packages in a folder far from the repository.</summary>
public sealed class TwoModulesTests(PackedFeed packed)
{
    private const string Tests = "tests/Billing.Tests";

    [Fact]
    public async Task Builds_without_a_warning_and_its_modules_pass_the_suite_of_every_module()
    {
        var copy = packed.CopyOf("samples/TwoModules");

        var (built, build) = await packed.RunAsync(copy, "build", Tests, "-v", "q", "--nologo");
        built.ShouldBe(0, build);
        build.ShouldContain("0 Warning(s)");
        var (tested, test) = await packed.RunAsync(copy, "test", Tests, "--no-build", "--nologo");
        tested.ShouldBe(0, test);
        test.ShouldContain("Passed!");
    }

    [Theory]
    [InlineData(
        "src/Modules/Billing/Billing/Billing.csproj",
        """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <ProjectReference Include="..\..\Shop\Shop.Contracts\Shop.Contracts.csproj" />
                <ProjectReference Include="..\..\Shop\Shop\Shop.csproj" />
              </ItemGroup>
            </Project>
            """,
        "Billing.csproj(4,6): error MM0001: Billing references Shop, the inside of module Shop"
    )]
    [InlineData(
        "src/Modules/Billing/Billing/Domain/Orders.cs",
        """
            using Microsoft.EntityFrameworkCore;

            namespace Billing.Domain;

            internal static class Orders
            {
                public static Task<int> ForgetAsync(DbContext db) => db.Database.ExecuteSqlAsync($"delete from shop.orders");
            }
            """,
        "Orders.cs(7,100): error MM0002: Billing.Domain.Orders names shop.orders in schema 'shop'"
    )]
    [InlineData(
        "src/Modules/Shop/Shop.Contracts/Shop.Contracts.csproj",
        """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <PackageReference Include="xunit.v3" />
              </ItemGroup>
            </Project>
            """,
        "Shop.Contracts.csproj(3,6): error MM0011: Shop.Contracts references the package xunit.v3"
    )]
    [InlineData(
        "src/Modules/Billing/Billing/Billing.csproj",
        """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <ProjectReference Include="..\..\Shop\Shop.Contracts\Shop.Contracts.csproj" />
                <PackageReference Remove="ModularMonolith.BuildingBlocks.Analyzers" />
              </ItemGroup>
            </Project>
            """,
        "Billing.csproj(4,6): error MM0012: Billing changes the reference to BuildingBlocks.Analyzers"
    )]
    public async Task Refuses_to_build_what_goes_through_a_wall(string file, string text, string error)
    {
        var copy = packed.CopyOf("samples/TwoModules");
        await File.WriteAllTextAsync(Path.Combine(copy, file), text, TestContext.Current.CancellationToken);

        var (code, output) = await packed.RunAsync(copy, "build", Tests, "-v", "q", "--nologo");

        code.ShouldBe(1, output);
        output.Contains(error, StringComparison.Ordinal).ShouldBeTrue(output);
    }
}
