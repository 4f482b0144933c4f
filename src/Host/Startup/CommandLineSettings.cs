using BuildingBlocks.EventLog.Hosting;

namespace Host.Startup;

/// <summary>The settings among the arguments: what is left when a command has taken its own.</summary>
internal static class CommandLineSettings
{
    /// <summary>
    /// Settings of ASP.NET Core itself that are no sections; dotnet ef and other tools that start a Host for its
    /// services give the application's name.
    /// </summary>
    private static readonly string[] Plain =
    [
        "urls",
        "http_ports",
        "https_ports",
        "environment",
        "applicationName",
        "contentRoot",
        "AllowedHosts",
        "shutdownTimeoutSeconds",
    ];

    /// <summary>The arguments, once each is known to be a setting with a value.</summary>
    /// <exception cref="StartupException">One is neither a command nor a setting.</exception>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var setting = arguments[i];
            var key = setting.TrimStart('-', '/').Split('=')[0];
            if (!setting.StartsWith("--", StringComparison.Ordinal) && !setting.StartsWith('/'))
            {
                throw new StartupException($"'{setting}' is no command of the Host; --help lists them.");
            }

            if (!key.Contains(':', StringComparison.Ordinal) && !Plain.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                throw new StartupException(
                    $"'{setting}' is no setting of the Host. Settings are given as --Section:Key value; --help tells "
                        + "more."
                );
            }

            if (!setting.Contains('=', StringComparison.Ordinal))
            {
                // Its value.
                i++;
                if (i == arguments.Count)
                {
                    throw new StartupException($"'{setting}' has no value; give it as {setting} <value>.");
                }
            }
        }

        return arguments;
    }
}
