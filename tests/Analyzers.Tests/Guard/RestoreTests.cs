using Analyzers.Tests.Running;

namespace Analyzers.Tests.Guard;

/// <summary>Whoever crosses a wall hears of the wall, before NuGet says what it makes of it.</summary>
public sealed class RestoreTests
{
    private const string Inside = "src/Modules/Right/Right/Right.csproj";
    private const string Contracts = "src/Modules/Left/Left.Contracts/Left.Contracts.csproj";

    [Theory]
    [InlineData(Contracts)]
    [InlineData("walls.slnx")]
    [InlineData("walls.slnx", "-p:RestoreUseStaticGraphEvaluation=true")]
    public async Task The_guard_speaks_before_NuGet(string what, params string[] how)
    {
        using var copy = ScratchCopy.OfProjects();
        copy.Write("walls.slnx", $"""<Solution><Project Path="{Inside}" /><Project Path="{Contracts}" /></Solution>""");
        copy.Write(Inside, """<Project Sdk="Microsoft.NET.Sdk" />""");
        copy.Write(
            Contracts,
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <ProjectReference Include="..\..\Right\Right\Right.csproj" />
              </ItemGroup>
            </Project>
            """
        );

        var (code, output) = await copy.Dotnet(["restore", what, "-nologo", "-v:q", .. how]);

        code.ShouldNotBe(0, output);
        var errors = output.Split('\n').Where(line => line.Contains(": error ", StringComparison.Ordinal)).ToArray();
        errors.ShouldNotBeEmpty(output);
        errors[0]
            .ShouldContain($"{Contracts}(3,6): error MM0011: Left.Contracts references Right", Case.Sensitive, output);
    }
}
