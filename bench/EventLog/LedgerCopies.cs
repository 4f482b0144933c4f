using System.Globalization;
using System.Reflection;
using BuildingBlocks.Modules;
using Ledger;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Module = BuildingBlocks.Modules.Module;

namespace EventLog.Bench;

/// <summary>
/// More modules like Ledger. A module is an assembly of its own, so each is compiled from Ledger's sources under
/// another name.
/// </summary>
internal sealed class LedgerCopies
{
    // What the SDK adds to a project with implicit usings.
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.Linq; global using "
        + "System.Threading; global using System.Threading.Tasks;";

    private static readonly MethodInfo AddModule = typeof(ModuleRegistration).GetMethod(
        nameof(ModuleRegistration.Add),
        1,
        []
    )!;

    private readonly Type[] modules;

    /// <summary>Compiles and loads them.</summary>
    /// <param name="count">How many, Ledger not among them.</param>
    /// <exception cref="InvalidOperationException">Ledger's sources do not compile by themselves.</exception>
    public LedgerCopies(int count)
    {
        var own = typeof(LedgerCopies).Assembly;
        string[] names = own.GetManifestResourceNames();
        (string Name, string Text)[] sources =
        [
            .. names
                .Where(name => name.EndsWith(".cs", StringComparison.Ordinal))
                .Select(name => (name, Read(own, name))),
        ];
        MetadataReference[] references =
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Where(path => Path.GetFileNameWithoutExtension(path) is not ("Ledger" or "BatchLedger"))
                .Select(path => MetadataReference.CreateFromFile(path)),
        ];
        modules =
        [
            .. Enumerable
                .Range(1, count)
                .Select(number =>
                    Compile(string.Create(CultureInfo.InvariantCulture, $"ledger{number:00}"), sources, references)
                ),
        ];
    }

    public IEnumerable<Module> Modules => modules.Select(module => (Module)Activator.CreateInstance(module)!);

    public void AddTo(ModuleRegistration registration)
    {
        foreach (var module in modules)
        {
            AddModule.MakeGenericMethod(module).Invoke(registration, null);
        }
    }

    private static Type Compile(string name, (string Name, string Text)[] sources, MetadataReference[] references)
    {
        CSharpParseOptions parse = new(LanguageVersion.Latest);
        var compilation = CSharpCompilation.Create(
            name,
            sources
                .Select(source =>
                    CSharpSyntaxTree.ParseText(
                        source.Text.Replace("\"ledger\"", $"\"{name}\"", StringComparison.Ordinal),
                        parse,
                        source.Name
                    )
                )
                .Prepend(CSharpSyntaxTree.ParseText(ImplicitUsings, parse)),
            references,
            new(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                nullableContextOptions: NullableContextOptions.Enable
            )
        );
        using MemoryStream image = new();
        var ledger = typeof(LedgerModule).Assembly;
        var result = compilation.Emit(
            image,
            manifestResources: ledger
                .GetManifestResourceNames()
                .Select(resource => new ResourceDescription(
                    resource,
                    () => ledger.GetManifestResourceStream(resource)!,
                    isPublic: true
                ))
        );
        return result.Success
            ? Assembly.Load(image.ToArray()).GetExportedTypes().Single(type => type.IsAssignableTo(typeof(Module)))
            : throw new InvalidOperationException(
                $"Ledger cannot be compiled by itself: {string.Join(' ', result.Diagnostics)}"
            );
    }

    private static string Read(Assembly assembly, string resource)
    {
        using StreamReader reader = new(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
