using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Host.Http;

/// <summary>Limits on single requests and connections.</summary>
internal sealed class HttpOptions : IValidatableObject
{
    public const string Section = "Http";

    /// <summary>Largest request body in bytes.</summary>
    [Range(1_024, 1_073_741_824)]
    public long MaxBodyBytes { get; set; } = 1_048_576;

    /// <summary>Largest total of request headers in bytes.</summary>
    [Range(1_024, 1_048_576)]
    public int MaxHeaderBytes { get; set; } = 32_768;

    /// <summary>How long the headers of a request may take to arrive.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a connection without requests is kept open.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a request may take before it is cancelled and answered with 504.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Open connections at most, so that a flood cannot use up the process's memory.</summary>
    [Range(1, 1_000_000)]
    public long MaxConnections { get; set; } = 10_000;

    /// <summary>
    /// Reverse proxies whose X-Forwarded-For is believed: IP addresses, one by one or separated by commas.
    /// </summary>
    public IReadOnlyList<string> KnownProxies { get; set; } = [];

    /// <summary>Networks of such proxies, such as <c>10.0.0.0/8</c>, one by one or separated by commas.</summary>
    public IReadOnlyList<string> KnownNetworks { get; set; } = [];

    /// <summary>Through how many known proxies a client is followed at most; without it, through all.</summary>
    [Range(1, 100)]
    public int? ForwardLimit { get; set; }

    internal IReadOnlyList<IPAddress> Proxies => [.. Parts(KnownProxies).Select(part => IPAddress.Parse(part))];

    internal IReadOnlyList<IPNetwork> Networks => [.. Parts(KnownNetworks).Select(part => IPNetwork.Parse(part))];

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [
            .. from part in Parts(KnownProxies)
            where !IPAddress.TryParse(part, out _)
            select new ValidationResult(
                $"'{part}' is no IP address; a whole network belongs into Http:KnownNetworks.",
                [nameof(KnownProxies)]
            ),
            .. from part in Parts(KnownNetworks)
            where !IPNetwork.TryParse(part, out _)
            select new ValidationResult($"'{part}' is no network such as 10.0.0.0/8.", [nameof(KnownNetworks)]),
        ];

    private static IEnumerable<string> Parts(IReadOnlyList<string> list) =>
        list.SelectMany(one => one.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
