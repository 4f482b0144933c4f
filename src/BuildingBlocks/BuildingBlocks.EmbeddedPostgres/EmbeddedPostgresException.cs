namespace BuildingBlocks.EmbeddedPostgres;

/// <summary>
/// The private PostgreSQL cannot be had; the message says why and names the setting to change, in the form of its
/// environment variable (<c>EmbeddedPostgres__Port</c>).
/// </summary>
public sealed class EmbeddedPostgresException : Exception
{
    /// <summary>An exception without an explanation.</summary>
    public EmbeddedPostgresException() { }

    /// <summary>An exception that explains itself.</summary>
    public EmbeddedPostgresException(string message)
        : base(message) { }

    /// <summary>An exception that explains itself and what it stems from.</summary>
    public EmbeddedPostgresException(string message, Exception innerException)
        : base(message, innerException) { }
}
