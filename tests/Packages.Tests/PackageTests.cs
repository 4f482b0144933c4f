using System.IO.Compression;

namespace Packages.Tests;

/// <summary>What the packages hold.</summary>
public sealed class PackageTests(PackedFeed packed)
{
    public static IEnumerable<TheoryDataRow<string>> Ids =>
        Directory
            .EnumerateDirectories(Path.Combine(PackedFeed.Root, "src", "BuildingBlocks"))
            .Select(project => new TheoryDataRow<string>(PackedFeed.Prefix + Path.GetFileName(project)));

    [Fact]
    public void Each_building_block_is_a_package_and_nothing_else_is() =>
        packed.Packages.Keys.ShouldBe(Ids.Select(row => row.Data), StringComparer.Ordinal, ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Ids))]
    public void Says_what_it_is_for_and_under_which_licence(string id)
    {
        var specification = PackedFeed.SpecificationOf(packed.Packages[id]);

        PackedFeed.Element(specification, "license").ShouldBe("MIT");
        PackedFeed.Element(specification, "description").ShouldNotContain("Package Description");
        EntriesOf(packed.Packages[id]).ShouldContain(PackedFeed.Element(specification, "icon"), StringComparer.Ordinal);
        EntriesOf(packed.Packages[id])
            .ShouldContain(PackedFeed.Element(specification, "readme"), StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Has_its_documentation_and_symbols(string id)
    {
        var name = id[PackedFeed.Prefix.Length..];
        if (id.EndsWith(".Analyzers", StringComparison.Ordinal))
        {
            EntriesOf(packed.Packages[id]).ShouldContain($"analyzers/dotnet/cs/{name}.dll", StringComparer.Ordinal);
            return;
        }

        EntriesOf(packed.Packages[id]).ShouldContain($"lib/net10.0/{name}.dll", StringComparer.Ordinal);
        EntriesOf(packed.Packages[id]).ShouldContain($"lib/net10.0/{name}.xml", StringComparer.Ordinal);
        EntriesOf(Path.ChangeExtension(packed.Packages[id], ".snupkg"))
            .ShouldContain($"lib/net10.0/{name}.pdb", StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Names_no_folder_of_the_machine_that_built_it(string id)
    {
        using var archive = ZipFile.OpenRead(packed.Packages[id]);
        foreach (var entry in archive.Entries.Where(one => one.Name.EndsWith(".dll", StringComparison.Ordinal)))
        {
            using var content = entry.Open();
            using MemoryStream bytes = new();
            content.CopyTo(bytes);

            System
                .Text.Encoding.Latin1.GetString(bytes.ToArray())
                .Contains(PackedFeed.Root, StringComparison.Ordinal)
                .ShouldBeFalse(entry.FullName);
        }
    }

    [Fact]
    public void Contracts_bring_nothing_along() =>
        PackedFeed
            .SpecificationOf(packed.Packages["ModularMonolith.BuildingBlocks.Contracts"])
            .Descendants()
            .Where(one => one.Name.LocalName is "dependency")
            .ShouldBeEmpty();

    private static string[] EntriesOf(string package)
    {
        using var archive = ZipFile.OpenRead(package);
        return [.. archive.Entries.Select(entry => entry.FullName)];
    }
}
