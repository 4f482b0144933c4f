using System.Text.RegularExpressions;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.Testing.Architecture;
using Microsoft.EntityFrameworkCore;
using Mono.Cecil;

namespace ArchitectureTests;

/// <summary>
/// The rules of docs/adr and CONTRIBUTING.md, held against what was compiled. Modules are found by their folders; there
/// is no list to add one to.
/// </summary>
public sealed partial class ModuleTests : IDisposable
{
    // Nothing is known to be wrong; the file and this number are for teams that adopt the rules on code that breaks
    // them.
    private const int KnownViolations = 0;

    // The PlaceOrder saga asks these three, and they answer; Inventory hears from Shipping when goods leave (ADR 8, ADR
    // 10).
    private static readonly string[][] Circles =
    [
        ["Inventory", "Orders", "Payments", "Shipping"],
    ];

    private readonly CompiledModules modules = CompiledModules.In(
        Repository.File("src/Modules"),
        AppContext.BaseDirectory
    );

    private string[] Names => [.. modules.All.Select(module => module.Name)];

    public void Dispose() => modules.Dispose();

    [Fact]
    public void Modules_know_only_each_others_contracts_and_keep_their_layers_apart()
    {
        Violation[] found =
        [
            .. ModuleRules.NoUseAcrossModules(modules),
            .. ModuleRules.ContractsUseOnly(modules, "BuildingBlocks.Contracts"),
            .. ModuleRules.AllInternalBut(modules, "Module"),
            .. ModuleRules.AllSealed(modules),
            .. ModuleRules.NamespacesAreTheModules(modules),
            .. ModuleRules.KindsHaveTheirPlaceAndName(modules),
            .. ModuleRules.NoNamesEndWith(modules, ["Service", "Manager", "Helper", "Dto", "Repository", "Utils"]),
            .. ModuleRules.LayerUsesNone(
                modules,
                "Domain",
                [
                    "Features",
                    "Persistence",
                    "Reactions",
                    "Sagas",
                    "Microsoft.EntityFrameworkCore",
                    "Microsoft.AspNetCore",
                    "BuildingBlocks.Web",
                    "Npgsql",
                    "MediatR",
                ],
                "what is true in the domain does not depend on how it is stored, sent or asked for. Give the "
                    + "aggregate what it needs as an argument."
            ),
            .. ModuleRules.LayerUsesNone(
                modules,
                "Persistence",
                ["Features", "Reactions", "Sagas"],
                "the DbContext is used by use cases and does not know them. Move what both need to Domain or "
                    + "Persistence."
            ),
            .. ModuleRules.LayerUsesNone(
                modules,
                "Reactions",
                ["Features", "Microsoft.AspNetCore", "BuildingBlocks.Web", "System.Net.Http", "System.Net.Mail"],
                "a reaction runs in a transaction and may run again: it changes rows and calls nobody."
            ),
            .. ModuleRules.NoCyclesBut(
                modules,
                [.. Circles.Where(circle => circle.Intersect(Names, StringComparer.Ordinal).Any())]
            ),
        ];

        Baseline
            .Read(Repository.File("tests/ArchitectureTests/known-violations.txt"))
            .Compare(found, KnownViolations, strict: Names)
            .ShouldBeEmpty();
    }

    [Fact]
    public void Finds_every_module_that_the_Host_runs() =>
        AddModule()
            .Matches(File.ReadAllText(Repository.File("src/Host/Program.cs")))
            .Select(module => module.Value)
            .ShouldBe(Names, ignoreOrder: true);

    [Fact]
    public void No_DbContext_maps_a_type_of_another_module() =>
        modules
            .Implementations()
            .And()
            .Inherit(typeof(ModuleDbContext))
            .Breaking(new MapsItsOwnTypes())
            .Select(found => found.ToString())
            .ShouldBeEmpty();

    [Fact]
    public void Every_endpoint_declares_what_its_use_case_refuses_and_nothing_else()
    {
        var tables = modules.All.ToDictionary(
            module => module.Name,
            module => TablesOf(module.Name),
            StringComparer.Ordinal
        );

        RefusalRules
            .EndpointsDeclareWhatIsRefused(modules, (module, type) => tables[module].GetValueOrDefault(type))
            .Select(found => found.ToString())
            .ShouldBeEmpty();
    }

    private static Dictionary<string, string> TablesOf(string module)
    {
        using var db = DbContextOf(module);
        return db
            .Model.GetEntityTypes()
            .Where(entity => !entity.HasSharedClrType && !entity.IsOwned())
            .ToDictionary(entity => entity.ClrType.FullName!, entity => entity.GetTableName()!, StringComparer.Ordinal);
    }

    private static ModuleDbContext DbContextOf(string module)
    {
        var type = System
            .Reflection.Assembly.Load(module)
            .GetTypes()
            .Single(type => type.IsAssignableTo(typeof(ModuleDbContext)));
        var builder = (DbContextOptionsBuilder)
            Activator.CreateInstance(typeof(DbContextOptionsBuilder<>).MakeGenericType(type))!;
        return (ModuleDbContext)Activator.CreateInstance(type, builder.UseNpgsql("Host=nowhere").Options)!;
    }

    /// <summary>
    /// NetArchTest reads what a type is made of; which entities a DbContext maps only its model tells.
    /// </summary>
    private sealed class MapsItsOwnTypes : ArchitectureRule
    {
        protected override IEnumerable<Violation> ViolationsIn(TypeDefinition type)
        {
            var module = type.Module.Assembly.Name.Name;
            using var db = DbContextOf(module);
            return
            [
                .. from entity in db.Model.GetEntityTypes()
                let assembly = entity.ClrType.Assembly.GetName().Name
                where !string.Equals(assembly, module, StringComparison.Ordinal)
                where !string.Equals(assembly, "BuildingBlocks.EventLog", StringComparison.Ordinal)
                where entity.ClrType != typeof(Dictionary<string, object>)
                select new Violation(
                    "models",
                    module,
                    type.FullName,
                    entity.ClrType.FullName!,
                    $"{type.Name} of {module} maps types that are not its own. Keep a copy fed by events "
                        + "(docs/guides/copies.md), or let the Host compose the answer (docs/guides/composition.md)."
                ),
            ];
        }
    }

    [GeneratedRegex(@"(?<=\bmodules\.Add<)\w+(?=Module>\(\);)", RegexOptions.None, 1000)]
    private static partial Regex AddModule();
}
