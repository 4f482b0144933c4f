namespace Host.Tests.Running;

/// <summary>Settings of one installation: a data folder of its own, and sign-ins that the tests know.</summary>
public sealed class HostSettings : IDisposable
{
    public const string AdminPassword = "an admin of the tests";
    public const string CustomerPassword = "a customer of the tests";

    private static readonly string[] Foreign =
    [
        "ConnectionStrings__",
        "Modules__",
        "EmbeddedPostgres__",
        "Demo__",
        "Database__",
        "ASPNETCORE_",
        "DOTNET_ENVIRONMENT",
    ];

    private readonly Dictionary<string, string> values;

    public HostSettings()
    {
        DataFolder = Directory.CreateTempSubdirectory("host-tests-").FullName;
        values = new(StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["EmbeddedPostgres__DataDirectory"] = DataFolder,
            // A killed Host leaves PostgreSQL running, so nothing that these tests do needs the disk.
            ["EmbeddedPostgres__Durable"] = "false",
            ["Demo__AdminPassword"] = AdminPassword,
            ["Demo__CustomerPassword"] = CustomerPassword,
            ["RateLimits__SignInsPerMinute"] = "1000",
        };
        With("EmbeddedPostgres__BinDirectory", Environment.GetEnvironmentVariable("TEST_POSTGRES_BINARIES"));
    }

    public string DataFolder { get; }

    /// <summary>The Host that is started; the one built beside the caller, if not another.</summary>
    public string HostAssembly { get; init; } = Path.Combine(AppContext.BaseDirectory, "Host.dll");

    /// <summary>Sets or, with null, removes a setting.</summary>
    public HostSettings With(string name, string? value)
    {
        if (value is null)
        {
            values.Remove(name);
        }
        else
        {
            values[name] = value;
        }

        return this;
    }

    public void WriteTo(IDictionary<string, string?> environment)
    {
        // What the machine that runs the tests is configured for is nothing to them.
        foreach (
            var name in environment
                .Keys.Where(name =>
                    Array.Exists(Foreign, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                )
                .ToArray()
        )
        {
            environment.Remove(name);
        }

        foreach (var (name, value) in values)
        {
            environment[name] = value;
        }
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(DataFolder, recursive: true);
        }
        catch (IOException)
        {
            // The temporary folder is cleaned by the system.
        }
    }
}
