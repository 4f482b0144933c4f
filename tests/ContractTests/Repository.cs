namespace ContractTests;

/// <summary>The folder that the solution stands in.</summary>
internal static class Repository
{
    /// <summary>A path in it.</summary>
    public static string File(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (folder.EnumerateFiles("ModularMonolith.sln").Any())
            {
                return Path.Combine(folder.FullName, path);
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds ModularMonolith.sln.");
    }
}
