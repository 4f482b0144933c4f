using System.CommandLine;
using BuildingBlocks.Modules;

namespace Host.Startup;

/// <summary>What can be asked of the Host: to run, or to prepare a database for Hosts that have no administrator.</summary>
internal static class CommandLine
{
    private const string Description =
        """
        Runs the modular monolith: finds or starts PostgreSQL, provisions and migrates it, and listens on http://localhost:5080.

        Any setting may be given as --Section:Key value, or as the environment variable Section__Key; README.md lists them.
        """;

    /// <summary>Settings of ASP.NET Core itself that are no sections.</summary>
    private static readonly string[] PlainSettings = ["urls", "http_ports", "https_ports", "environment", "contentRoot", "AllowedHosts", "shutdownTimeoutSeconds"];

    /// <summary>Carries out what the arguments ask for.</summary>
    /// <returns>The exit code: 0 done, 1 refused or failed, 130 broken off.</returns>
    public static Task<int> ExecuteAsync(string[] args, Func<string[], WebApplication> compose)
    {
        RootCommand root = new(Description)
        {
            new Option<string>("--urls") { Description = "Where to listen, such as http://localhost:8080; several are separated by semicolons." },
            new Option<string>("--environment") { Description = "Development shows Swagger UI; Production is the default of a published Host." },
        };
        Command database = new("database", "Prepares a database of your own; the running Host then needs no administrator.")
        {
            Step("provision", "Makes database, schemas and roles with ConnectionStrings:Postgres (administrator).", DatabaseCommands.ProvisionAsync),
            Step("migrate", "Migrates every module's schema with ConnectionStrings:Postgres, or one Modules:<Module>:OwnerConnectionString each.", DatabaseCommands.MigrateAsync),
        };
        root.Add(database);
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction((_, cancellationToken) => Guarded.RunAsync(stop => HostRun.RunAsync(compose, Settings(args, words: 0), stop), cancellationToken));

        // Signals are ours: System.CommandLine would end the process before PostgreSQL and the running batch have stopped.
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });

        Command Step(string name, string description, Func<WebApplication, CancellationToken, Task> work)
        {
            Command command = new(name, description) { TreatUnmatchedTokensAsErrors = false };
            command.SetAction((_, cancellationToken) => Guarded.RunAsync(
                async stop =>
                {
                    await using var app = compose(Settings(args, words: 2));
                    await work(app, stop);
                },
                cancellationToken));
            return command;
        }
    }

    /// <summary>The settings among the arguments, which stand behind the command's words.</summary>
    /// <exception cref="StartupException">An argument is neither a command nor a setting.</exception>
    private static string[] Settings(string[] args, int words)
    {
        var settings = args[words..];
        for (var i = 0; i < settings.Length; i++)
        {
            var setting = settings[i];
            var key = setting.TrimStart('-', '/').Split('=')[0];
            if (!setting.StartsWith("--", StringComparison.Ordinal) && !setting.StartsWith('/'))
            {
                throw new StartupException($"'{setting}' is no command of the Host; --help lists them.");
            }

            if (!key.Contains(':', StringComparison.Ordinal) && !PlainSettings.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                throw new StartupException($"'{setting}' is no setting of the Host. Settings are given as --Section:Key value; --help tells more.");
            }

            if (!setting.Contains('=', StringComparison.Ordinal))
            {
                // Its value.
                i++;
                if (i == settings.Length)
                {
                    throw new StartupException($"'{setting}' has no value; give it as {setting} <value>.");
                }
            }
        }

        return settings;
    }
}
