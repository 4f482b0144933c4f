using Analyzers.Tests.Running;

namespace Analyzers.Tests.Guard;

/// <summary>Whoever crosses a wall hears of the wall, before NuGet says what it makes of it.</summary>
public sealed class RestoreTests
{
    private const string Contracts = "src/Modules/Orders/Orders.Contracts/Orders.Contracts.csproj";

    [Theory]
    [InlineData(Contracts)]
    [InlineData("walls.slnx")]
    [InlineData("walls.slnx", "-p:RestoreUseStaticGraphEvaluation=true")]
    public async Task The_guard_speaks_before_NuGet(string what, params string[] how)
    {
        using var copy = ScratchCopy.OfProjects();
        copy.Write("walls.slnx", $"""<Solution><Project Path="src/Modules/Inventory/Inventory/Inventory.csproj" /><Project Path="{Contracts}" /></Solution>""");
        copy.Write(Contracts, """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <ProjectReference Include="..\..\Inventory\Inventory\Inventory.csproj" />
              </ItemGroup>
            </Project>
            """);

        var (code, output) = await copy.Dotnet(["restore", what, "-nologo", "-v:q", .. how]);

        code.ShouldNotBe(0, output);
        var errors = output.Split('\n').Where(line => line.Contains(": error ", StringComparison.Ordinal)).ToArray();
        errors.ShouldNotBeEmpty(output);
        errors[0].ShouldContain($"{Contracts}(3,6): error MM0011: Orders.Contracts references Inventory", Case.Sensitive, output);
    }
}
