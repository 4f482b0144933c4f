using System.ComponentModel.DataAnnotations;

namespace Host.Http;

/// <summary>Limits on single requests and connections.</summary>
internal sealed class HttpOptions
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
}
