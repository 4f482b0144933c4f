using BuildingBlocks.Contracts;
using BuildingBlocks.EmbeddedPostgres;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.Testing.Architecture;
using Mono.Cecil;
using NetArchTest.Rules;

namespace ArchitectureTests;

/// <summary>What the building blocks promise about themselves, held against what was compiled.</summary>
public sealed class BuildingBlocksTests
{
    private static readonly string[] Web = ["Microsoft.AspNetCore", "MediatR", "FluentValidation"];

    // Their own namespace is the beginning of all others.
    private static readonly string[] Inside =
    [
        .. typeof(BuildingBlocks.Modules.Module)
            .Assembly.GetTypes()
            .Select(type => type.Namespace)
            .OfType<string>()
            .Where(space => space.StartsWith("BuildingBlocks.", StringComparison.Ordinal))
            // A file of the embedded PostgreSQL's is compiled into both.
            .Where(space => !string.Equals(space, "BuildingBlocks.EmbeddedPostgres", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal),
    ];

    [Fact]
    public void Folders_can_be_read_one_after_the_other()
    {
        Types[] each = [Of(typeof(BuildingBlocks.Modules.Module)), Of(typeof(ModuleDbContext))];

        each.SelectMany(types => types.That().AreNotNested().Breaking(new FolderCircles())).ShouldBeEmpty();
    }

    [Fact]
    public void The_event_log_stands_by_itself() =>
        Found(
                typeof(ModuleDbContext),
                [.. Inside, .. Web],
                "the event log works in any process, whatever handles its requests. Hand over what it needs through "
                    + "LogModule."
            )
            .ShouldBeEmpty();

    [Fact]
    public void The_embedded_PostgreSQL_knows_nothing_of_what_is_kept_in_it() =>
        Found(
                typeof(EmbeddedPostgresException),
                [
                    .. Inside,
                    .. Web,
                    "BuildingBlocks.EventLog",
                    "BuildingBlocks.Contracts",
                    "Microsoft.EntityFrameworkCore",
                ],
                "it starts a server for whoever asks. Hand over what it needs as an option."
            )
            .ShouldBeEmpty();

    [Fact]
    public void What_contracts_are_made_of_is_made_of_the_platform_alone() =>
        Of(typeof(IIntegrationEvent))
            .Should()
            .OnlyHaveDependenciesOn("System", "BuildingBlocks.Contracts")
            .Uses(
                "layers",
                "BuildingBlocks.Contracts",
                Definitions(typeof(IIntegrationEvent)),
                used =>
                    !Sentences.IsIn(used, Sentences.MadeByTheCompiler)
                    && !Sentences.IsIn(used, "System")
                    && !Sentences.IsIn(used, "BuildingBlocks.Contracts"),
                "whoever reads a contract would have to take that along."
            )
            .ShouldBeEmpty();

    private static IEnumerable<Violation> Found(Type inside, string[] forbidden, string because) =>
        Of(inside)
            .ShouldNot()
            .HaveDependencyOnAny(forbidden)
            .Uses(
                "layers",
                inside.Assembly.GetName().Name!,
                Definitions(inside),
                used => forbidden.Any(space => Sentences.IsIn(used, space)),
                because
            );

    private static Types Of(Type inside) => Types.InAssembly(inside.Assembly, [AppContext.BaseDirectory]);

    private static IEnumerable<TypeDefinition> Definitions(Type inside) =>
        AssemblyDefinition
            .ReadAssembly(inside.Assembly.Location, new ReaderParameters { InMemory = true })
            .MainModule.GetTypes();
}
