using BuildingBlocks.Testing.Architecture;
using Mono.Cecil;

namespace ArchitectureTests;

/// <summary>What the building blocks promise about themselves, held against what was compiled.</summary>
public sealed class BuildingBlocksTests
{
    [Theory]
    [InlineData("BuildingBlocks")]
    [InlineData("BuildingBlocks.EventLog")]
    public void Folders_can_be_read_one_after_the_other(string name)
    {
        using var assembly = Read(name);

        AssemblyRules.NoCyclesAmongFolders(assembly).ShouldBeEmpty();
    }

    [Fact]
    public void The_event_log_stands_by_itself()
    {
        using var assembly = Read("BuildingBlocks.EventLog");

        AssemblyRules
            .UsesNone(
                assembly,
                ["BuildingBlocks", "Microsoft.AspNetCore", "MediatR", "FluentValidation"],
                "the event log works in any process, whatever handles its requests. Hand over what it needs through "
                    + "LogModule."
            )
            .Where(violation => violation.Target is not "BuildingBlocks.Contracts")
            .ShouldBeEmpty();
    }

    private static AssemblyDefinition Read(string name) =>
        AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"));
}
