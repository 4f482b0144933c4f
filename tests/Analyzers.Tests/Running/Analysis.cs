using System.Collections.Concurrent;
using System.Collections.Immutable;
using BuildingBlocks.Analyzers.Sql;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Analyzers.Tests.Running;

/// <summary>
/// Compiles files of modules as the build would, each module and its Contracts an assembly of its own, and runs all
/// rules on them.
/// </summary>
internal static class Analysis
{
    /// <summary>What the SDK and the modules' own files bring into scope.</summary>
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>Spares the samples their usings.</summary>
    private const string SampleUsings = """
        global using BuildingBlocks.Application;
        global using BuildingBlocks.Contracts;
        global using BuildingBlocks.EventLog.Consuming;
        global using BuildingBlocks.EventLog.Events;
        global using BuildingBlocks.Modules;
        global using BuildingBlocks.EventLog.Publishing;
        global using BuildingBlocks.EventLog.Storage;
        global using BuildingBlocks.EventLog.Sagas;
        global using Microsoft.EntityFrameworkCore;
        global using Microsoft.EntityFrameworkCore.Metadata.Builders;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Npgsql;
        """;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Preview, DocumentationMode.None);

    /// <summary>
    /// Generators do not run here, so partial members stay empty; and this compiler is older than the SDK's.
    /// </summary>
    private static readonly ImmutableHashSet<string> Tolerated = ["CS8795", "CS9248", "CS0853"];

    private static readonly Lazy<ImmutableArray<MetadataReference>> Framework = new(() =>
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Where(path =>
                    !Path.GetFileName(path).StartsWith("Analyzers.Tests", StringComparison.Ordinal)
                    && !IsOfModule(Path.GetFileName(path))
                )
                .Select(path => MetadataReference.CreateFromFile(path)),
        ]
    );

    private static readonly ConcurrentDictionary<(string Path, string Text), SyntaxTree> Trees = new();

    private static readonly ConcurrentDictionary<Sources, CSharpCompilation> Compilations = new();

    private static readonly ImmutableArray<DiagnosticAnalyzer> Rules =
    [
        .. typeof(ForeignSchemaAnalyzer)
            .Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(DiagnosticAnalyzer)) && !type.IsAbstract)
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    /// <summary>Every rule there is, by id.</summary>
    public static IReadOnlyDictionary<string, DiagnosticDescriptor> Descriptors { get; } =
        Rules
            .SelectMany(rule => rule.SupportedDiagnostics)
            .DistinctBy(rule => rule.Id, StringComparer.Ordinal)
            .ToDictionary(rule => rule.Id, StringComparer.Ordinal);

    /// <summary>Runs all rules over samples.</summary>
    /// <param name="files">Code by path; the assembly is the project folder in it.</param>
    /// <param name="sees">Assemblies that a module may see beyond Contracts, as if the build guard were not there:
    /// <c>Orders sees Inventory</c>.</param>
    public static Task<IReadOnlyList<Finding>> OfSamples(
        IReadOnlyDictionary<string, string> files,
        params string[] sees
    ) =>
        Of(
            files
                .Append(new("src/Modules/Inventory/Inventory/InventoryModule.cs", ""))
                .DistinctBy(one => one.Key, StringComparer.Ordinal)
                .ToDictionary(one => one.Key, one => one.Value, StringComparer.Ordinal),
            SampleUsings,
            mustCompile: true,
            sees
        );

    /// <summary>Runs all rules over all modules.</summary>
    public static Task<IReadOnlyList<Finding>> OfModules(IReadOnlyDictionary<string, string> files) =>
        Of(files, "", mustCompile: true, []);

    /// <summary>
    /// Runs all rules over one assembly of the modules, whether it compiles or not; only over some of its files when
    /// that is enough.
    /// </summary>
    public static async Task<IReadOnlyList<Finding>> OfModule(
        IReadOnlyDictionary<string, string> files,
        string assembly,
        string[] sees,
        IEnumerable<string> changed,
        Predicate<IReadOnlyList<Finding>> isEnough
    )
    {
        var found = await Of(files, "", mustCompile: false, sees, assembly, [.. changed]);
        return isEnough(found) ? found : await Of(files, "", mustCompile: false, sees, assembly);
    }

    /// <summary>Compiles one Contracts assembly.</summary>
    public static byte[] Emit(IReadOnlyDictionary<string, string> files, string contracts)
    {
        using MemoryStream image = new();
        var result = Compile(contracts, files, "", [], [])
            .Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        result.Success.ShouldBeTrue(string.Join('\n', result.Diagnostics));
        return image.ToArray();
    }

    private static async Task<IReadOnlyList<Finding>> Of(
        IReadOnlyDictionary<string, string> files,
        string usings,
        bool mustCompile,
        string[] sees,
        string? only = null,
        string[]? changed = null
    )
    {
        var assemblies = files
            .Keys.Select(AssemblyOf)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Where(name =>
                only is null or ""
                || IsContracts(name)
                || string.Equals(name, only, StringComparison.Ordinal)
                || sees.Contains($"{only} sees {name}", StringComparer.Ordinal)
            )
            .OrderBy(name => !IsContracts(name))
            .ThenBy(name => sees.Any(one => one.StartsWith(name + " ", StringComparison.Ordinal)))
            .ThenBy(name => name, StringComparer.Ordinal);
        Dictionary<string, CSharpCompilation> compiled = new(StringComparer.Ordinal);
        List<Finding> findings = [];
        foreach (var assembly in assemblies)
        {
            var compilation = Compile(assembly, files, usings, compiled, sees);
            compiled.Add(assembly, compilation);
            if (mustCompile)
            {
                compilation
                    .GetDiagnostics()
                    .Where(one => one.Severity == DiagnosticSeverity.Error && !Tolerated.Contains(one.Id))
                    .ShouldBeEmpty();
            }

            if (only is not null && !string.Equals(assembly, only, StringComparison.Ordinal))
            {
                continue;
            }

            AnalyzerOptions options = new([.. Additional(assembly, files)]);
            var analysis = compilation.WithAnalyzers(
                Rules,
                new CompilationWithAnalyzersOptions(
                    options,
                    (exception, _, _) => throw exception,
                    concurrentAnalysis: true,
                    logAnalyzerExecutionTime: false
                )
            );
            var found = changed is null
                ? await analysis.GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken)
                : await OfFiles(analysis, changed);
            findings.AddRange(found.Where(one => !one.IsSuppressed).Select(Finding.Of));
        }

        return
        [
            .. findings
                .OrderBy(one => one.Place, StringComparer.Ordinal)
                .ThenBy(one => one.Rule, StringComparer.Ordinal)
                .ThenBy(one => one.Message, StringComparer.Ordinal),
        ];
    }

    private static async Task<ImmutableArray<Diagnostic>> OfFiles(CompilationWithAnalyzers analysis, string[] changed)
    {
        List<Diagnostic> found = [];
        var cancellation = TestContext.Current.CancellationToken;
        foreach (
            var tree in analysis.Compilation.SyntaxTrees.Where(tree =>
                changed.Contains(tree.FilePath, StringComparer.Ordinal)
            )
        )
        {
            found.AddRange(
                await analysis.GetAnalyzerSemanticDiagnosticsAsync(
                    analysis.Compilation.GetSemanticModel(tree),
                    filterSpan: null,
                    cancellation
                )
            );
        }

        foreach (
            var text in analysis.AnalysisOptions.Options!.AdditionalFiles.Where(text =>
                changed.Contains(text.Path, StringComparer.Ordinal)
            )
        )
        {
            found.AddRange(
                (await analysis.GetAnalysisResultAsync(text, cancellation))
                    .AdditionalFileDiagnostics.Values.SelectMany(one => one.Values)
                    .SelectMany(one => one)
            );
        }

        return [.. found];
    }

    private static CSharpCompilation Compile(
        string assembly,
        IReadOnlyDictionary<string, string> files,
        string usings,
        Dictionary<string, CSharpCompilation> compiled,
        string[] sees
    )
    {
        var own = files
            .Where(file =>
                string.Equals(AssemblyOf(file.Key), assembly, StringComparison.Ordinal)
                && file.Key.EndsWith(".cs", StringComparison.Ordinal)
            )
            .Select(file => Parse(file.Key, file.Value));
        var seen = compiled.Where(one =>
            !IsContracts(assembly)
            && (IsContracts(one.Key) || sees.Contains($"{assembly} sees {one.Key}", StringComparer.Ordinal))
        );
        return Compilations.GetOrAdd(
            new(
                assembly,
                [.. own.Append(Parse($"{assembly}.ImplicitUsings.cs", ImplicitUsings + "\n" + usings))],
                [.. seen.Select(one => one.Value)]
            ),
            static sources =>
                CSharpCompilation.Create(
                    sources.Assembly,
                    sources.Trees,
                    Framework.Value.Concat(sources.Seen.Select(one => one.ToMetadataReference())),
                    new CSharpCompilationOptions(
                        OutputKind.DynamicallyLinkedLibrary,
                        nullableContextOptions: NullableContextOptions.Enable,
                        allowUnsafe: true
                    )
                )
        );
    }

    private static SyntaxTree Parse(string path, string text) =>
        Trees.GetOrAdd((path, text), static source =>
            CSharpSyntaxTree.ParseText(source.Text, ParseOptions, source.Path)
        );

    /// <summary>
    /// As Walls.props hands them to the compiler: every module's class and project, and the module's own migrations.
    /// </summary>
    private static IEnumerable<AdditionalText> Additional(string assembly, IReadOnlyDictionary<string, string> files)
    {
        foreach (
            var project in files
                .Keys.Select(path => path.Split('/'))
                .Where(parts => parts.Length > 4)
                .Select(parts => (Module: parts[2], Project: parts[3]))
                .Distinct()
        )
        {
            yield return new Text($"src/Modules/{project.Module}/{project.Project}/{project.Project}.csproj", "");
        }

        foreach (
            var file in files.Where(file =>
                file.Key.EndsWith("Module.cs", StringComparison.Ordinal)
                || (
                    file.Key.EndsWith(".sql", StringComparison.Ordinal)
                    && string.Equals(AssemblyOf(file.Key), assembly, StringComparison.Ordinal)
                )
            )
        )
        {
            yield return new Text(file.Key, file.Value);
        }
    }

    /// <summary>Those are compiled here, from what is to be analysed.</summary>
    private static bool IsOfModule(string file) =>
        Directory.Exists(Repository.Path($"src/Modules/{file.Split('.')[0]}"));

    private static bool IsContracts(string assembly) => assembly.EndsWith(".Contracts", StringComparison.Ordinal);

    private static string? AssemblyOf(string path) =>
        path.Split('/') is ["src", "Modules", _, var project, _, ..] ? project : null;

    /// <summary>
    /// What a compilation is made of; the same parts make the same one, so that it is bound only once.
    /// </summary>
    private sealed record Sources(
        string Assembly,
        ImmutableArray<SyntaxTree> Trees,
        ImmutableArray<CSharpCompilation> Seen
    )
    {
        public bool Equals(Sources? other) =>
            other is not null
            && string.Equals(Assembly, other.Assembly, StringComparison.Ordinal)
            && Trees.SequenceEqual(other.Trees)
            && Seen.SequenceEqual(other.Seen);

        public override int GetHashCode() => HashCode.Combine(Assembly, Trees.Length, Seen.Length);
    }

    private sealed class Text(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}

/// <summary>What a rule said.</summary>
/// <param name="Place">As <c>path(line,column)</c>.</param>
/// <param name="Rule">Its id.</param>
/// <param name="Message">Its text.</param>
internal sealed record Finding(string Place, string Rule, string Message)
{
    public static Finding Of(Diagnostic diagnostic)
    {
        var at = diagnostic.Location.GetLineSpan();
        return new(
            $"{at.Path}({at.StartLinePosition.Line + 1},{at.StartLinePosition.Character + 1})",
            diagnostic.Id,
            diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)
        );
    }

    public override string ToString() => $"{Place}: error {Rule}: {Message}";
}
