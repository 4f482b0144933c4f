using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;

namespace Host.Tests.OpenApi;

/// <summary>The C# client that NSwag makes of a document, compiled with what somebody writes who uses it.</summary>
internal static class NSwagClient
{
    private static readonly CSharpClientGeneratorSettings Settings = new()
    {
        ClassName = "ShopClient",
        CSharpGeneratorSettings = { Namespace = "Shop", JsonLibrary = CSharpJsonLibrary.SystemTextJson },
    };

    /// <summary>A method of the class Program in the code of whoever uses the client.</summary>
    public static async Task<MethodInfo> CompileAsync(string document, string program, string method)
    {
        var client = new CSharpClientGenerator(await OpenApiDocument.FromJsonAsync(document), Settings).GenerateFile();
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path =>
                Path.GetFileName(path) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll")
            )
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Shop",
            [CSharpSyntaxTree.ParseText(client), CSharpSyntaxTree.ParseText(program)],
            platform,
            new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Disable)
        );
        using MemoryStream assembly = new();
        var emitted = compilation.Emit(assembly);
        emitted
            .Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error)
            .Select(one => one.ToString())
            .ShouldBeEmpty();
        assembly.Position = 0;
        return new AssemblyLoadContext("Shop", isCollectible: true)
            .LoadFromStream(assembly)
            .GetType("Program")!
            .GetMethod(method)!;
    }
}
