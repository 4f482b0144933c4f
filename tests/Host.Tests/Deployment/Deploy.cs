using System.Reflection;

namespace Host.Tests.Deployment;

/// <summary>The files that the Host is deployed by.</summary>
internal static class Deploy
{
    /// <summary>The repository that this was built from.</summary>
    public static string Root { get; } =
        typeof(Deploy)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(one => one.Key is "RepositoryRoot")
            .Value!;

    /// <summary>One of them.</summary>
    public static string File(string path) => Path.Combine(Root, path);

    /// <summary>Whether a program is found on this machine.</summary>
    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => System.IO.File.Exists(Path.Combine(folder, program)));
}
