using Analyzers.Tests.Mutations;
using Analyzers.Tests.Running;

namespace Analyzers.Tests.Guard;

/// <summary>What the guard refuses and what it lets pass, beside the examples in docs/rules.</summary>
internal static class GuardCases
{
    private const string OrdersProject = "src/Modules/Orders/Orders/Orders.csproj";
    private const string ContractsProject = "src/Modules/Orders/Orders.Contracts/Orders.Contracts.csproj";

    public static IEnumerable<GuardCase> All =>
        [.. Refused, .. Fine, .. Unmodified, .. RuleExamples.GuardCases, .. Planted];

    public static IEnumerable<GuardCase> Refused { get; } =
    [
        Module(
            "another module's project",
            """<ProjectReference Include="..\..\Inventory\Inventory\Inventory.csproj" />""",
            "MM0001: Orders references Inventory, the inside of module Inventory;"
        ),
        Module(
            "another module's project by a property",
            """<ProjectReference Include="$(ModulesFolder)Inventory/Inventory/Inventory.csproj" />""",
            "MM0001: Orders references Inventory, the inside"
        ),
        Module(
            "another module's project without output",
            """<ProjectReference Include="..\..\Inventory\Inventory\Inventory.csproj" ReferenceOutputAssembly="false" />""",
            "MM0001: Orders references Inventory, the inside"
        ),
        Module(
            "another module's project among others",
            """<ProjectReference Include="..\..\Catalog\Catalog.Contracts\Catalog.Contracts.csproj;..\..\Inventory\Inventory\Inventory.csproj" />""",
            "MM0001: Orders references Inventory, the inside"
        ),
        Module(
            "all projects of another module",
            """<ProjectReference Include="..\..\Inventory\**\*.csproj" />""",
            "MM0001: Orders references Inventory, the inside"
        ),
        Module(
            "the Host",
            """<ProjectReference Include="..\..\..\Host\Host.csproj" />""",
            "MM0001: Orders references Host, which is none"
        ),
        Module(
            "what tests stand on",
            """<ProjectReference Include="$(BuildingBlocksFolder)BuildingBlocks.Testing\BuildingBlocks.Testing.csproj" />""",
            "MM0001: Orders references BuildingBlocks.Testing, which is none"
        ),
        Module(
            "the embedded server",
            """<ProjectReference Include="$(BuildingBlocksFolder)BuildingBlocks.EmbeddedPostgres\BuildingBlocks.EmbeddedPostgres.csproj" />""",
            "MM0001: Orders references BuildingBlocks.EmbeddedPostgres, which is none"
        ),
        Module(
            "an assembly by its path",
            """<Reference Include="Inventory"><HintPath>..\..\Inventory\Inventory\bin\Debug\net10.0\Inventory.dll</HintPath></Reference>""",
            "MM0001: Orders references the assembly Inventory of module Inventory"
        ),
        Module(
            "an assembly by its path alone",
            """<Reference Include="..\..\Inventory\Inventory\bin\Inventory.dll" />""",
            "MM0001: Orders references the assembly Inventory of module Inventory"
        ),
        Module(
            "an assembly copied elsewhere",
            """<Reference Include="Inventory, Version=1.0.0.0"><HintPath>..\lib\Inventory.dll</HintPath></Reference>""",
            "MM0001: Orders references the assembly Inventory of module Inventory"
        ),
        Module(
            "another's Contracts as an assembly",
            """<Reference Include="Inventory.Contracts"><HintPath>..\lib\Inventory.Contracts.dll</HintPath></Reference>""",
            "MM0001: Orders references the assembly Inventory.Contracts of module Inventory"
        ),
        Module(
            "another's source",
            """<Compile Include="..\..\Inventory\Inventory\Domain\StockLevel.cs" Link="StockLevel.cs" />""",
            "MM0001: Orders compiles StockLevel.cs of module Inventory"
        ),
        Module(
            "another's migration",
            """<EmbeddedResource Include="..\..\Inventory\Inventory\Persistence\Migrations\0001_stock.sql" />""",
            "MM0001: Orders embeds 0001_stock.sql of module Inventory"
        ),
        Module(
            "internals shown to another module",
            """<InternalsVisibleTo Include="Inventory" />""",
            "MM0001: Orders shows its internals to Inventory"
        ),
        Module(
            "internals shown to the Host",
            """<InternalsVisibleTo Include="Host" />""",
            "MM0001: Orders shows its internals to Host"
        ),
        Contracts(
            "a package in Contracts",
            """<PackageReference Include="Newtonsoft.Json" />""",
            "MM0011: Orders.Contracts references the package Newtonsoft.Json"
        ),
        Contracts(
            "a framework in Contracts",
            """<FrameworkReference Include="Microsoft.AspNetCore.App" />""",
            "MM0011: Orders.Contracts references the framework Microsoft.AspNetCore.App"
        ),
        Contracts(
            "BuildingBlocks in Contracts",
            """<ProjectReference Include="$(BuildingBlocksFolder)BuildingBlocks\BuildingBlocks.csproj" />""",
            "MM0011: Orders.Contracts references BuildingBlocks, which is none"
        ),
        Contracts(
            "another's Contracts in Contracts",
            """<ProjectReference Include="..\..\Catalog\Catalog.Contracts\Catalog.Contracts.csproj" />""",
            "MM0011: Orders.Contracts references Catalog.Contracts, but Contracts reference BuildingBlocks.Contracts "
                + "only"
        ),
        Contracts(
            "its own module in Contracts",
            """<ProjectReference Include="..\Orders\Orders.csproj" />""",
            "MM0011: Orders.Contracts references Orders, but Contracts reference BuildingBlocks.Contracts only"
        ),
        Contracts(
            "an assembly in Contracts",
            """<Reference Include="Money"><HintPath>..\lib\Money.dll</HintPath></Reference>""",
            "MM0011: Orders.Contracts references the assembly Money"
        ),
        new(
            "transitive references switched on",
            "Orders/Orders",
            File(
                OrdersProject,
                Project(
                    "<PropertyGroup><DisableTransitiveProjectReferences>false"
                        + "</DisableTransitiveProjectReferences></PropertyGroup>"
                )
            ),
            OrdersProject + "(2,19): error MM0012: Orders switches DisableTransitiveProjectReferences off"
        ),
        new(
            "another assembly name",
            "Orders/Orders",
            File(OrdersProject, Project("<PropertyGroup><AssemblyName>Shop.Orders</AssemblyName></PropertyGroup>")),
            OrdersProject + "(2,19): error MM0012: Orders names its assembly Shop.Orders"
        ),
        new(
            "analyzers removed",
            "Orders/Orders",
            File(
                OrdersProject,
                Project("""<ItemGroup><ProjectReference Remove="$(WallsAnalyzersProject)" /></ItemGroup>""")
            ),
            OrdersProject + "(2,15): error MM0012: Orders builds without BuildingBlocks.Analyzers"
        ),
        new(
            "analyzers silenced",
            "Orders/Orders",
            File(OrdersProject, Project("<PropertyGroup><RunAnalyzers>false</RunAnalyzers></PropertyGroup>")),
            OrdersProject + "(2,19): error MM0012: Orders sets RunAnalyzers"
        ),
        new(
            "a props file inside of a neighbour",
            "Catalog/Catalog",
            File("src/Modules/Orders/Directory.Build.props", "<Project />\n"),
            "src/Modules/Orders/Directory.Build.props(1,1): error MM0012: Directory.Build.props inside of module Orders"
        ),
        new(
            "a neighbour that imports nothing",
            "Catalog/Catalog",
            File(
                OrdersProject,
                Project(
                    "<PropertyGroup><ImportDirectoryBuildTargets>false</ImportDirectoryBuildTargets></PropertyGroup>"
                )
            ),
            OrdersProject + "(2,19): error MM0012: Orders sets ImportDirectoryBuildTargets"
        ),
        new(
            "a reference in an imported file",
            "Orders/Orders",
            Among(
                (OrdersProject, Project("""<Import Project="more.props" />""")),
                (
                    "src/Modules/Orders/Orders/more.props",
                    "<Project>\n  <ItemGroup>\n\n    <ProjectReference "
                        + "Include=\"..\\..\\Inventory\\Inventory\\Inventory.csproj\" />\n  </ItemGroup>\n</Project>\n"
                )
            ),
            "src/Modules/Orders/Orders/more.props(4,6): error MM0001: Orders references Inventory, the inside"
        ),
    ];

    public static IEnumerable<GuardCase> Fine { get; } =
    [
        Module(
            "another's Contracts, written otherwise",
            """<ProjectReference Include="$(ModulesFolder)Inventory/../Inventory/Inventory.Contracts/Inventory.Contracts.csproj" />"""
        ),
        Module("a package in a module", """<PackageReference Include="Polly.Core" />"""),
        Module(
            "an assembly of somebody else",
            """<Reference Include="Money"><HintPath>..\lib\Money.dll</HintPath></Reference>"""
        ),
        Module(
            "a source file that no module owns",
            """<Compile Include="..\..\..\Shared\Money.cs" Link="Money.cs" />"""
        ),
        Module(
            "a file of its own Contracts",
            """<Compile Include="..\Orders.Contracts\OrderLine.cs" Link="OrderLine.cs" />"""
        ),
        Module(
            "a condition",
            """<PackageReference Include="Polly.Core" Condition="'$(Configuration)' == 'Debug'" />"""
        ),
        Module(
            "a file of its own under a condition",
            """<Compile Include="..\Orders.Contracts\OrderLine.cs" Link="OrderLine.cs" Condition="'$(Configuration)' == 'Release'" />"""
        ),
        Module(
            "another's Contracts under a condition",
            """<ProjectReference Include="..\..\Inventory\Inventory.Contracts\Inventory.Contracts.csproj" Condition="'$(Configuration)' == 'Release'" />"""
        ),
        Module("a package called like the beginning of a module", """<PackageReference Include="Order.Core" />"""),
        new(
            "a target of its own",
            "Orders/Orders",
            File(
                OrdersProject,
                Project(
                    """<Target Name="Tell" AfterTargets="Build"><Message Text="Built." /><ItemGroup><Compile Include="more.cs" /></ItemGroup></Target>"""
                )
            )
        ),
        Module("a second test project", """<InternalsVisibleTo Include="DynamicProxyGenAssembly2" />"""),
    ];

    /// <summary>Every module as it is.</summary>
    public static IEnumerable<GuardCase> Unmodified { get; } =
    [
        .. Repository
            .Files("src/Modules", "*.csproj")
            .Select(path => path.Split('/'))
            .Select(parts => new GuardCase(
                $"{parts[3]} as it is",
                $"{parts[2]}/{parts[3]}",
                new Dictionary<string, string>(StringComparer.Ordinal)
            )),
    ];

    /// <summary>Those of tests/Mutations.</summary>
    private static IEnumerable<GuardCase> Planted =>
        Mutation
            .All.Where(one => one.How is "guard")
            .Select(one => new GuardCase(one.Title, one.Where, one.Planted(Repository.Read)));

    private static GuardCase Module(string name, string item, params string[] expected) =>
        new(
            name,
            "Orders/Orders",
            File(OrdersProject, Project($"<ItemGroup>\n    {item}\n  </ItemGroup>")),
            [.. expected.Select(text => $"{OrdersProject}(3,6): error {text}")]
        );

    private static GuardCase Contracts(string name, string item, string expected) =>
        new(
            name,
            "Orders/Orders.Contracts",
            File(ContractsProject, Project($"<ItemGroup>\n    {item}\n  </ItemGroup>")),
            $"{ContractsProject}(3,6): error {expected}"
        );

    private static string Project(string body) => $"<Project Sdk=\"Microsoft.NET.Sdk\">\n  {body}\n</Project>\n";

    private static Dictionary<string, string> File(string path, string text) => Among((path, text));

    /// <summary>Files among the modules that the samples speak of, whether those are there or not.</summary>
    public static Dictionary<string, string> Among(params (string Path, string Text)[] files)
    {
        Dictionary<string, string> all = new(StringComparer.Ordinal);
        foreach (
            var (module, project) in from module in (string[])["Catalog", "Inventory", "Orders"]
            from project in new[] { module, $"{module}.Contracts" }
            select (module, project)
        )
        {
            all[$"src/Modules/{module}/{project}/{project}.csproj"] = "<Project Sdk=\"Microsoft.NET.Sdk\" />\n";
        }

        foreach (var (path, text) in files)
        {
            all[path] = text;
        }

        return all;
    }
}
