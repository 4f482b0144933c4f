using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Storage;
using Microsoft.Extensions.Configuration;

namespace BuildingBlocks.EventLog.Feeds;

/// <summary>
/// Events that cross processes: which modules run elsewhere and are read from there, and who may read those of this
/// Host. Without either nothing of it runs.
/// </summary>
internal sealed class FeedsOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Feeds";

    /// <summary>
    /// What this Host is called to others: who it says it is when it reads, and whom a token must be meant for when it
    /// is read. 1 to 30 lower-case letters, digits and underscores; Hosts of one database share it.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// The PEM file with the private key (EC, P-256) that tokens are signed with when this Host reads. Read again for
    /// each token, so that a new key takes effect within a minute.
    /// </summary>
    public string? PrivateKeyFile { get; set; }

    /// <summary>
    /// Modules that run elsewhere, by their names: <c>Uri</c> of the Host they run in, <c>Audience</c>, which is that
    /// Host's <c>Feeds:Name</c>, and where no administrator provisions the database <c>ConnectionString</c> of the
    /// feed's role.
    /// </summary>
    public IDictionary<string, FeedSource> Sources { get; } =
        new Dictionary<string, FeedSource>(StringComparer.Ordinal);

    /// <summary>
    /// Who may read events of this Host, by their <c>Feeds:Name</c>: <c>Modules</c>, separated by commas, and
    /// <c>PublicKeyFile</c>, a PEM file with one public key or, while keys change, several. Read again whenever it has
    /// changed.
    /// </summary>
    public IDictionary<string, FeedReader> Readers { get; } =
        new Dictionary<string, FeedReader>(StringComparer.Ordinal);

    /// <summary>The settings as they stand in the configuration.</summary>
    /// <exception cref="StartupException">There is a setting of another name.</exception>
    internal static FeedsOptions Of(IConfiguration configuration)
    {
        try
        {
            return configuration
                .GetSection(Section)
                .Get<FeedsOptions>(binder => binder.ErrorOnUnknownConfiguration = true)
                ?? new();
        }
        catch (InvalidOperationException unreadable)
        {
            throw new StartupException(
                $"Section {Section} of the settings cannot be read: {unreadable.Message} See docs/settings.md.",
                unreadable
            );
        }
    }

    /// <summary>What is wrong with the settings taken by themselves, a sentence each.</summary>
    internal IEnumerable<string> Faults()
    {
        if ((Sources.Count > 0 || Readers.Count > 0) && (Name is null || !ModuleName.IsValid(Name)))
        {
            yield return $"Feeds:Name is '{Name}', but a Host that reads or is read needs one of {ModuleName.Rule}.";
        }

        if (Sources.Count > 0 && string.IsNullOrEmpty(PrivateKeyFile))
        {
            yield return "Feeds:PrivateKeyFile is missing; set it to a PEM file with an EC key (P-256), as made by "
                + "'openssl ecparam -name prime256v1 -genkey -noout'.";
        }

        foreach (var (name, source) in Sources)
        {
            if (source.Uri is not { IsAbsoluteUri: true } uri || !IsSafe(uri))
            {
                yield return $"Feeds:Sources:{name}:Uri is '{source.Uri}', but must be the address of a Host, such as "
                    + "https://shop.example; http only on this machine.";
            }

            if (string.IsNullOrEmpty(source.Audience))
            {
                yield return $"Feeds:Sources:{name}:Audience is missing; set it to Feeds:Name of the Host that "
                    + $"{name} runs in.";
            }
        }

        foreach (var (name, reader) in Readers)
        {
            if (!ModuleName.IsValid(name))
            {
                yield return $"Feeds:Readers names '{name}', but a reader's name is {ModuleName.Rule}.";
            }

            if (reader.ModuleNames.Count == 0)
            {
                yield return $"Feeds:Readers:{name}:Modules names no module; name those that it may read.";
            }

            if (string.IsNullOrEmpty(reader.PublicKeyFile))
            {
                yield return $"Feeds:Readers:{name}:PublicKeyFile is missing; set it to a PEM file with the reader's "
                    + "public key, as made by 'openssl ec -pubout'.";
            }
        }
    }

    /// <summary>The readers that may read a module.</summary>
    internal IEnumerable<string> ReadersOf(string module) =>
        Readers
            .Where(reader => reader.Value.ModuleNames.Contains(module, StringComparer.Ordinal))
            .Select(reader => reader.Key);

    private static bool IsSafe(Uri uri) =>
        string.Equals(uri.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
        || (string.Equals(uri.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal) && uri.IsLoopback);
}

/// <summary>Where a module that runs elsewhere is read.</summary>
internal sealed class FeedSource
{
    /// <summary>The address of the Host it runs in.</summary>
    public Uri? Uri { get; set; }

    /// <summary>That Host's <c>Feeds:Name</c>.</summary>
    public string? Audience { get; set; }

    /// <summary>Signs in as the feed's role of the shadow.</summary>
    public string? ConnectionString { get; set; }
}

/// <summary>Who may read modules of this Host.</summary>
internal sealed class FeedReader
{
    /// <summary>The modules' names, separated by commas.</summary>
    public string Modules { get; set; } = "";

    /// <summary>A PEM file with the reader's public keys.</summary>
    public string? PublicKeyFile { get; set; }

    /// <summary>The modules' names.</summary>
    internal IReadOnlyList<string> ModuleNames =>
        Modules.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
