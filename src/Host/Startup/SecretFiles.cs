using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Hosting;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;

namespace Host.Startup;

/// <summary>
/// Settings in files instead of the environment, as container engines mount secrets: a folder, in it one file for each
/// setting, called as its environment variable would be (<c>Modules__orders__ConnectionString</c>).
/// </summary>
internal static class SecretFiles
{
    /// <summary>The setting that names the folder.</summary>
    public const string FolderSetting = "Host:SecretsFolder";

    /// <summary>Below the folder that is written to: what the running Host needs.</summary>
    private const string ForHost = "host";

    /// <summary>Below the folder that is written to: what <c>database migrate</c> needs.</summary>
    private const string ForMigrate = "migrate";

    /// <summary>Reads the folder; environment variables and arguments take precedence over it.</summary>
    /// <exception cref="StartupException">It is set, and cannot be read.</exception>
    public static void AddSecretFiles(this ConfigurationManager configuration)
    {
        if (configuration[FolderSetting] is not { Length: > 0 } folder)
        {
            return;
        }

        var path = Path.GetFullPath(folder);
        if (!Directory.Exists(path))
        {
            throw new StartupException(
                $"{FolderSetting} names {path}, which is no folder. Mount the secrets there, or correct the setting."
            );
        }

        IList<IConfigurationSource> sources = configuration.Sources;
        var environment = sources
            .Select((source, place) => (source, place))
            .Last(one => one.source is EnvironmentVariablesConfigurationSource)
            .place;
        try
        {
            sources.Insert(
                environment,
                new KeyPerFileConfigurationSource { FileProvider = new PhysicalFileProvider(path), Optional = false }
            );
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The secrets in {path} cannot be read: {refused.Message.TrimEnd('.')}. Give the Host's user access to "
                    + "them.",
                refused
            );
        }
    }

    /// <summary>
    /// Writes the connection strings of all roles, readable by the user only, so that the two kinds of rights can be
    /// mounted apart: <c>host</c> gets those of the app roles, <c>migrate</c> those of the owner roles.
    /// </summary>
    /// <param name="folder">Made when it is missing.</param>
    /// <param name="modules">The names of the modules.</param>
    /// <param name="roles">Knows the connection strings.</param>
    /// <exception cref="StartupException">A file cannot be written.</exception>
    public static void Write(string folder, IReadOnlyCollection<string> modules, DatabaseProvisioner roles)
    {
        foreach (var module in modules)
        {
            WriteOne(folder, ForHost, $"Modules__{module}__ConnectionString", roles.AppConnectionString(module));
        }

        foreach (var module in modules.Append(ReferenceSchema.Name))
        {
            WriteOne(
                folder,
                ForMigrate,
                $"Modules__{module}__OwnerConnectionString",
                roles.OwnerConnectionString(module)
            );
        }
    }

    private static void WriteOne(string folder, string part, string name, string value)
    {
        var path = Path.GetFullPath(Path.Combine(folder, part, name));
        KeptFile.EnsureNothingElse(path);
        try
        {
            // Beside it first, so that whoever reads meanwhile finds the old one or the new; names that begin with a
            // dot are not read.
            var staged = Path.Combine(Directory.CreateDirectory(Path.GetDirectoryName(path)!).FullName, $".{name}");
            KeptFile.EnsureNothingElse(staged);
            File.Delete(staged);
            FileStreamOptions onlyOurs = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                onlyOurs.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (StreamWriter file = new(staged, onlyOurs))
            {
                file.Write(value);
            }

            File.Move(staged, path, overwrite: true);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"{path} cannot be written: {refused.Message.TrimEnd('.')}. Make room, or give the Host's user access "
                    + "to the folder.",
                refused
            );
        }
    }
}
