using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Says which walls a project under src/Modules breaks: who, what, where, why, and the ways out. Compiled by MSBuild
/// from this file, in whatever C# its task factory speaks, hence without newer syntax.
/// </summary>
public class ReportWalls : Task
{
    private static readonly string[] Blindfolds =
    {
        "ImportDirectoryBuildProps",
        "ImportDirectoryBuildTargets",
        "ImportDirectoryPackagesProps",
        "DirectoryBuildPropsPath",
        "DirectoryBuildTargetsPath",
        "DirectoryPackagesPropsPath",
        "DesignTimeBuild",
        "ModulesFolder",
    };

    private const string TwoWaysOut =
        "keep a copy fed by its events (docs/guides/copies.md), or let the Host compose the answer through an "
        + "IModuleQuery";

    [Required]
    public string ProjectFile { get; set; }

    [Required]
    public string AssemblyName { get; set; }

    /// <summary>The folder under src/Modules that the project stands in.</summary>
    [Required]
    public string Module { get; set; }

    [Required]
    public string ModulesFolder { get; set; }

    [Required]
    public string BuildingBlocksFolder { get; set; }

    public ITaskItem[] ProjectReferences { get; set; }

    public ITaskItem[] References { get; set; }

    public ITaskItem[] Compiled { get; set; }

    public ITaskItem[] Embedded { get; set; }

    public ITaskItem[] Packages { get; set; }

    public ITaskItem[] Frameworks { get; set; }

    /// <summary>InternalsVisibleTo.</summary>
    public ITaskItem[] Friends { get; set; }

    /// <summary>InternalsVisibleTo as an AssemblyAttribute.</summary>
    public ITaskItem[] Shown { get; set; }

    /// <summary>Directory.*.props and targets inside of modules.</summary>
    public ITaskItem[] BuildFiles { get; set; }

    /// <summary>Projects that may import no Directory.Build files.</summary>
    public ITaskItem[] Unguarded { get; set; }

    /// <summary>Assemblies of other modules that reached the compiler in spite of all.</summary>
    public ITaskItem[] Slipped { get; set; }

    /// <summary>DisableTransitiveProjectReferences.</summary>
    public string Transitive { get; set; }

    /// <summary>The reference to the analyzers, or empty.</summary>
    public string Analyzer { get; set; }

    private string Project
    {
        get { return Path.GetFileNameWithoutExtension(ProjectFile); }
    }

    private bool IsContracts
    {
        get { return Project.EndsWith(".Contracts", StringComparison.Ordinal); }
    }

    private string OwnTests
    {
        get { return Project + ".Tests"; }
    }

    public override bool Execute()
    {
        foreach (var reference in Each(ProjectReferences))
        {
            CheckProject(reference);
        }
        foreach (var reference in Each(References))
        {
            CheckReference(reference);
        }
        foreach (var file in Each(Compiled))
        {
            CheckFile(file, "Compile", "compiles");
        }
        foreach (var file in Each(Embedded))
        {
            CheckFile(file, "EmbeddedResource", "embeds");
        }
        foreach (var friend in Each(Friends))
        {
            CheckFriend(friend);
        }
        foreach (var friend in Each(Shown))
        {
            CheckFriend(friend);
        }
        foreach (var package in Each(Packages))
        {
            CheckPackage(package, "PackageReference", "package");
        }
        foreach (var framework in Each(Frameworks))
        {
            CheckPackage(framework, "FrameworkReference", "framework");
        }
        CheckConditional("ProjectReference", ProjectReferences, CheckProject);
        CheckConditional("Reference", References, CheckReference);
        CheckConditional("Compile", Compiled, file => CheckFile(file, "Compile", "compiles"));
        CheckConditional("EmbeddedResource", Embedded, file => CheckFile(file, "EmbeddedResource", "embeds"));
        CheckSwitches();
        return !Log.HasLoggedErrors;
    }

    private static IEnumerable<ITaskItem> Each(ITaskItem[] items)
    {
        return items ?? Enumerable.Empty<ITaskItem>();
    }

    /// <summary>
    /// What is referenced in another configuration or while a target runs counts as well, so what is written is looked
    /// at, not only what holds now.
    /// </summary>
    private void CheckConditional(string element, ITaskItem[] evaluated, Action<ITaskItem> check)
    {
        if (Slipped != null)
        {
            return;
        }

        var known = new HashSet<string>(
            Each(evaluated).Select(one => one.GetMetadata("FullPath")),
            StringComparer.OrdinalIgnoreCase
        );
        foreach (var written in Elements(ProjectFile, element).Where(one => one.Attribute("Include") != null))
        {
            var paths = written
                .Attribute("Include")
                .Value.Replace("$(ModulesFolder)", ModulesFolder)
                .Replace("$(MSBuildThisFileDirectory)", "")
                .Replace("$(MSBuildProjectDirectory)/", "");
            foreach (
                var path in paths
                    .Split(';')
                    .Select(one => Native(one.Trim()))
                    .Where(one => one.Length > 0 && one.IndexOfAny(new[] { '$', '@', '*', '%' }) < 0)
            )
            {
                var item = new TaskItem(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ProjectFile), path)));
                if (element == "Reference" && path.IndexOf(Path.DirectorySeparatorChar) < 0)
                {
                    item = new TaskItem(path);
                }

                if (!known.Contains(item.GetMetadata("FullPath")))
                {
                    check(item);
                }
            }
        }
    }

    private void CheckProject(ITaskItem reference)
    {
        var path = reference.GetMetadata("FullPath");
        var name = Path.GetFileNameWithoutExtension(path);
        var module = ModuleOf(path);
        var place = PlaceOf(reference, "ProjectReference");
        if (module == null)
        {
            var allowed = IsContracts
                ? "BuildingBlocks.Contracts"
                : "BuildingBlocks, BuildingBlocks.EventLog and BuildingBlocks.Contracts";
            var block = Folder(path, BuildingBlocksFolder);
            if (
                block == null
                || !(
                    block == "BuildingBlocks.Contracts"
                    || block == "BuildingBlocks.Analyzers"
                    || (!IsContracts && (block == "BuildingBlocks" || block == "BuildingBlocks.EventLog"))
                )
            )
            {
                Report(
                    IsContracts ? "MM0011" : "MM0001",
                    place,
                    Project
                        + " references "
                        + name
                        + ", which is none of what a "
                        + (IsContracts ? "Contracts project" : "module")
                        + " stands on ("
                        + allowed
                        + "). "
                        + (
                            IsContracts
                                ? "Contracts are what every other module compiles against, so whatever they reference "
                                    + "becomes everybody's. State the data in the event itself, "
                                    + "or keep the code that needs "
                                    + name
                                    + " inside the module."
                                : name
                                    + " composes, tests or starts modules, so a module that knows it can neither be "
                                    + "extracted nor deleted. Move what is shared into BuildingBlocks, "
                                    + "or let the Host do it."
                        )
                );
            }
        }
        else if (IsContracts)
        {
            Report(
                "MM0011",
                place,
                Project
                    + " references "
                    + name
                    + ", but Contracts reference BuildingBlocks.Contracts only: whoever reads this module's events "
                    + "would have to "
                    + "take "
                    + name
                    + " with them. Repeat the few values that the event needs in a record of its own, or let "
                    + "consumers join both events in their copy."
            );
        }
        else if (!Same(module, Module) && !Same(name, module + ".Contracts"))
        {
            Report(
                "MM0001",
                place,
                Project
                    + " references "
                    + name
                    + ", the inside of module "
                    + module
                    + "; of another module only its Contracts may be seen, and "
                    + Possessive(Module)
                    + " role cannot see "
                    + Possessive(module)
                    + " tables at run time either. Reference "
                    + module
                    + ".Contracts and "
                    + TwoWaysOut
                    + "."
            );
        }
    }

    private void CheckReference(ITaskItem reference)
    {
        if (
            reference.GetMetadata("NuGetPackageId").Length > 0
            || reference.GetMetadata("FrameworkReferenceName").Length > 0
        )
        {
            return;
        }

        var hint = reference.GetMetadata("HintPath");
        var path =
            hint.Length > 0
                ? Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ProjectFile), Native(hint)))
                : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ProjectFile), Native(reference.ItemSpec)));
        var name = reference.ItemSpec.Split(',')[0].Trim();
        name =
            name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || name.IndexOfAny(new[] { '/', '\\' }) >= 0
                ? Path.GetFileNameWithoutExtension(Native(name))
                : name;
        var module = Neighbour(name) ?? Neighbour(Path.GetFileNameWithoutExtension(path)) ?? ModuleOf(path);
        var place = PlaceOf(reference, "Reference");
        if (IsContracts)
        {
            Report(
                "MM0011",
                place,
                Project
                    + " references the assembly "
                    + name
                    + ", but Contracts reference BuildingBlocks.Contracts only: whatever they reference becomes "
                    + "everybody's. "
                    + "State the data in a record of its own, or keep the code that needs "
                    + name
                    + " inside the module."
            );
        }
        else if (module != null && !Same(module, Module))
        {
            Report(
                "MM0001",
                place,
                Project
                    + " references the assembly "
                    + name
                    + " of module "
                    + module
                    + " by its file; a module sees of another only its Contracts, and only as a project, "
                    + "so that it is never older than the code. Reference "
                    + module
                    + ".Contracts as a ProjectReference and "
                    + TwoWaysOut
                    + "."
            );
        }
    }

    private void CheckFile(ITaskItem file, string item, string verb)
    {
        var module = ModuleOf(file.GetMetadata("FullPath"));
        if (module != null && !Same(module, Module))
        {
            Report(
                "MM0001",
                PlaceOf(file, item),
                Project
                    + " "
                    + verb
                    + " "
                    + Path.GetFileName(file.GetMetadata("FullPath"))
                    + " of module "
                    + module
                    + ", so a change there changes this module too, unseen. Reference "
                    + module
                    + ".Contracts and "
                    + TwoWaysOut
                    + "; what both need and neither owns goes to BuildingBlocks."
            );
        }
    }

    private void CheckFriend(ITaskItem friend)
    {
        var name = friend.ItemSpec.Split(',')[0].Trim();
        if (
            !Same(name, OwnTests)
            && !(Same(name, Project + ".Tests"))
            && (
                Neighbour(name) != null
                || Neighbour(Before(name, ".Tests")) != null
                || Neighbour(Before(name, ".Contracts")) != null
                || Same(name, "Host")
            )
        )
        {
            Report(
                "MM0001",
                PlaceOf(friend, "InternalsVisibleTo"),
                Project
                    + " shows its internals to "
                    + name
                    + "; a module shows its Contracts and its "
                    + Module
                    + "Module class, nothing else. Publish an event that says what "
                    + name
                    + " needs to know, or answer the Host by an IModuleQuery."
            );
        }
    }

    private void CheckPackage(ITaskItem package, string item, string kind)
    {
        if (!IsContracts && item == "PackageReference" && Neighbour(package.ItemSpec) != null)
        {
            Report(
                "MM0001",
                PlaceOf(package, item),
                Project
                    + " references the package "
                    + package.ItemSpec
                    + " of module "
                    + Neighbour(package.ItemSpec)
                    + "; a module sees of another only its Contracts, "
                    + "and only as a project, so that it is never older than the code. Reference "
                    + Before(package.ItemSpec, ".Contracts")
                    + ".Contracts as a ProjectReference and "
                    + TwoWaysOut
                    + "."
            );
            return;
        }

        if (!IsContracts || (item == "FrameworkReference" && Same(package.ItemSpec, "Microsoft.NETCore.App")))
        {
            return;
        }

        var definedIn = package.GetMetadata("DefiningProjectFullPath");
        if (item == "PackageReference" && !definedIn.StartsWith(ModulesFolder, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        Report(
            "MM0011",
            PlaceOf(package, item),
            Project
                + " references the "
                + kind
                + " "
                + package.ItemSpec
                + ", but Contracts have none: every module that reads these events would get it too, "
                + "and an event is data that any serializer must read. Use plain types of the framework, or keep the "
                + "code that needs "
                + package.ItemSpec
                + " inside the module."
        );
    }

    private void CheckSwitches()
    {
        if (!string.Equals(Transitive, "true", StringComparison.OrdinalIgnoreCase))
        {
            Report(
                "MM0012",
                PlaceOfElement("DisableTransitiveProjectReferences"),
                Project
                    + " switches DisableTransitiveProjectReferences off, and so would see what its neighbours happen "
                    + "to reference. "
                    + "Remove the line; what the module needs it references by itself, another's Contracts or "
                    + "BuildingBlocks."
            );
        }

        if (string.IsNullOrEmpty(Analyzer))
        {
            Report(
                "MM0012",
                PlaceOfElement("ProjectReference", "Analyzers"),
                Project
                    + " builds without BuildingBlocks.Analyzers, which check its walls. Remove what removes the "
                    + "reference; "
                    + "src/Modules/Directory.Build.props gives it to every module."
            );
        }

        if (!Same(AssemblyName, Project))
        {
            Report(
                "MM0012",
                PlaceOfElement("AssemblyName"),
                Project
                    + " names its assembly "
                    + AssemblyName
                    + "; modules are told apart by the names of their assemblies, "
                    + "so the rules would not know it. Remove the line, or rename folder and project."
            );
        }

        foreach (var project in Each(Unguarded))
        {
            var file = project.GetMetadata("FullPath");
            foreach (
                var element in Blindfolds
                    .SelectMany(name => Elements(file, name))
                    .Concat(
                        Elements(file, "PropertyGroup")
                            .Elements()
                            .Where(one => one.Name.LocalName.StartsWith("Walls", StringComparison.Ordinal))
                    )
            )
            {
                Report(
                    "MM0012",
                    Place.Of(file, element),
                    Path.GetFileNameWithoutExtension(file)
                        + " sets "
                        + element.Name.LocalName
                        + ", and so builds without what src/Modules gives every module, its walls among it. Remove "
                        + "the line."
                );
            }

            foreach (
                var element in Elements(file, "PackageReference")
                    .Where(one =>
                        one.Attributes()
                            .Any(attribute =>
                                attribute.Value.IndexOf("BuildingBlocks.Analyzers", StringComparison.OrdinalIgnoreCase)
                                >= 0
                            )
                    )
            )
            {
                Report(
                    "MM0012",
                    Place.Of(file, element),
                    Path.GetFileNameWithoutExtension(file)
                        + " changes the reference to BuildingBlocks.Analyzers, which bring its walls. Remove the line; "
                        + "src/Modules/Directory.Build.props gives the package to every module."
                );
            }

            foreach (
                var target in Elements(file, "Target")
                    .Where(one =>
                        one.Attributes().Any(attribute => Regex.IsMatch(attribute.Value, "Check(Resolved)?Walls"))
                    )
            )
            {
                Report(
                    "MM0012",
                    Place.Of(file, target),
                    Path.GetFileNameWithoutExtension(file)
                        + " has a target that names CheckWalls or CheckResolvedWalls, and so could stand in for the "
                        + "guard. "
                        + "Remove the target, or hang it on one of the SDK's."
                );
            }
        }

        foreach (var element in new[] { "RunAnalyzers", "RunAnalyzersDuringBuild" })
        {
            var place = PlaceOfElement(element);
            if (place.Line > 1)
            {
                Report(
                    "MM0012",
                    place,
                    Project
                        + " sets "
                        + element
                        + ", which switches its walls off for everybody. Remove the line; to build faster for a "
                        + "while, set the environment variable RunAnalyzers=false."
                );
            }
        }

        foreach (var file in Each(BuildFiles))
        {
            Report(
                "MM0012",
                new Place(file.GetMetadata("FullPath"), 1, 1),
                Path.GetFileName(file.ItemSpec)
                    + " inside of module "
                    + ModuleOf(file.GetMetadata("FullPath"))
                    + " hides src/Modules/"
                    + Path.GetFileName(file.ItemSpec)
                    + " and with it the module's walls. Put what it says into the project file, or, for all modules, "
                    + "into src/Modules."
            );
        }

        foreach (var assembly in Each(Slipped))
        {
            Report(
                "MM0001",
                PlaceOfElement("Target"),
                Project
                    + " gets the assembly "
                    + assembly.ItemSpec
                    + " of another module to compile against, through a target or an import. Reference "
                    + assembly.ItemSpec
                    + ".Contracts and "
                    + TwoWaysOut
                    + "."
            );
        }
    }

    private void Report(string rule, Place place, string message)
    {
        Log.LogError(
            null,
            rule,
            null,
            place.File,
            place.Line,
            place.Column,
            0,
            0,
            message + " Rule: docs/rules/" + rule + ".md"
        );
    }

    private string ModuleOf(string path)
    {
        return Folder(path, ModulesFolder);
    }

    private static string Folder(string path, string parent)
    {
        if (!path.StartsWith(parent, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var parts = path.Substring(parent.Length).Split('/', '\\');
        return parts.Length > 1 ? parts[0] : null;
    }

    /// <summary>The other module whose assembly is called so.</summary>
    private string Neighbour(string assembly)
    {
        var module = Before(assembly, ".Contracts");
        return module.Length > 0 && !Same(module, Module) && Directory.Exists(Path.Combine(ModulesFolder, module))
            ? module
            : null;
    }

    private static string Possessive(string name)
    {
        return name + (name.EndsWith("s", StringComparison.Ordinal) ? "'" : "'s");
    }

    private static string Before(string name, string suffix)
    {
        return name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
            ? name.Substring(0, name.Length - suffix.Length)
            : name;
    }

    private static string Native(string path)
    {
        return path.Replace('\\', Path.DirectorySeparatorChar).Replace('/', Path.DirectorySeparatorChar);
    }

    private static bool Same(string one, string other)
    {
        return string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Where the item is written: in the project or in whatever it imports.</summary>
    private Place PlaceOf(ITaskItem item, string element)
    {
        var file = item.GetMetadata("DefiningProjectFullPath");
        file = file.Length > 0 && File.Exists(file) && ModuleOf(file) != null ? file : ProjectFile;
        var name = LastPart(item.ItemSpec);
        var places = Elements(file, element).Where(one => one.Attribute("Include") != null).ToList();
        var exact = places.FirstOrDefault(one =>
            one.Attribute("Include").Value.Split(';').Any(part => Same(LastPart(part.Trim()), name))
        );
        var computed = places.FirstOrDefault(one => Regex.IsMatch(one.Attribute("Include").Value, @"[*?]|[$@]\("));
        return Place.Of(file, exact ?? computed ?? places.FirstOrDefault());
    }

    private Place PlaceOfElement(string element, string mentioning = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(ProjectFile));
        var files = new List<string> { ProjectFile };
        for (
            ;
            folder != null && !Same(folder.FullName.TrimEnd('/', '\\'), ModulesFolder.TrimEnd('/', '\\'));
            folder = folder.Parent
        )
        {
            files.AddRange(folder.GetFiles("*.props").Concat(folder.GetFiles("*.targets")).Select(one => one.FullName));
        }

        foreach (var file in files)
        {
            var found = Elements(file, element).FirstOrDefault(one => one.ToString().Contains(mentioning));
            if (found != null)
            {
                return Place.Of(file, found);
            }
        }

        return new Place(ProjectFile, 1, 1);
    }

    private static string LastPart(string path)
    {
        return path.Substring(path.LastIndexOfAny(new[] { '/', '\\' }) + 1);
    }

    private static IEnumerable<XElement> Elements(string file, string name)
    {
        try
        {
            return XDocument.Load(file, LoadOptions.SetLineInfo).Descendants().Where(one => one.Name.LocalName == name);
        }
        catch (XmlException)
        {
            return Enumerable.Empty<XElement>();
        }
    }

    private sealed class Place
    {
        public readonly string File;
        public readonly int Line;
        public readonly int Column;

        public Place(string file, int line, int column)
        {
            File = file;
            Line = line;
            Column = column;
        }

        public static Place Of(string file, IXmlLineInfo found)
        {
            return found != null && found.HasLineInfo()
                ? new Place(file, found.LineNumber, found.LinePosition)
                : new Place(file, 1, 1);
        }
    }
}
