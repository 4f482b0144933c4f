using System.Text;
using System.Text.RegularExpressions;
using BuildingBlocks.EventLog.Hosting;
using Npgsql;

namespace BuildingBlocks.Database;

/// <summary>
/// Reads the connection strings that people set, and refuses what would fail later or, worse, mean something else.
/// </summary>
public static partial class ConnectionStrings
{
    // Bytes; PostgreSQL cuts off the rest without a word.
    private const int LongestName = 63;

    // Every server comes with these: two are copied for each new database, in one administrators and tools sign in.
    private static readonly string[] OfTheServer = ["template0", "template1", "postgres"];

    /// <summary>The parts of a connection string.</summary>
    /// <param name="value">What was set.</param>
    /// <param name="setting">Where it was set.</param>
    /// <exception cref="StartupException">It cannot be one of a PostgreSQL.</exception>
    public static NpgsqlConnectionStringBuilder Read(string value, string setting)
    {
        NpgsqlConnectionStringBuilder parts;
        try
        {
            parts = new(value);
            if (string.IsNullOrEmpty(parts.Host))
            {
                throw new StartupException($"{setting} names no server; begin it with Host=...");
            }

            // Settings that exclude each other show here.
            NpgsqlDataSource.Create(parts).Dispose();
        }
        catch (Exception unreadable)
            when (unreadable
                    is ArgumentException
                        or FormatException
                        or NotSupportedException
                        or InvalidOperationException
            )
        {
            // Its message names the unknown keyword, never a value, which might be a password.
            throw new StartupException(
                $"{setting} is no PostgreSQL connection string: {unreadable.Message}",
                unreadable
            );
        }

        EnsureName(parts.Database, "database", setting);
        EnsureName(parts.Username, "user", setting);
        return parts;
    }

    /// <summary>Makes sure that a name means what it says.</summary>
    /// <exception cref="StartupException">PostgreSQL would cut it off.</exception>
    public static void EnsureName(string? name, string what, string setting)
    {
        if (Encoding.UTF8.GetByteCount(name ?? "") > LongestName)
        {
            throw new StartupException(
                $"{setting} names a {what} of more than {LongestName} bytes, '{name}', of which PostgreSQL would use "
                    + $"the first {LongestName}. Choose a shorter name."
            );
        }
    }

    /// <summary>Makes sure that a name is one that a database of ours can have.</summary>
    /// <param name="name">What was set.</param>
    /// <param name="setting">Where it was set.</param>
    /// <exception cref="StartupException">It is one of the server's own, or means something else to psql.</exception>
    public static void EnsureOwnDatabase(string name, string setting)
    {
        EnsureName(name, "database", setting);
        if (OfTheServer.Contains(name, StringComparer.Ordinal))
        {
            throw new StartupException(
                $"{setting} names the database '{name}', which belongs to the server itself and would be taken over. "
                    + "Name one of your own, which is made when there is none."
            );
        }

        if (!PlainName().IsMatch(name))
        {
            throw new StartupException(
                $"{setting} names a database '{name}', but must begin with a letter or _ and have letters, "
                    + "digits, _, - and . only. Choose another name, or leave it out."
            );
        }
    }

    [GeneratedRegex(@"\A[\p{L}_][\p{L}\p{Nd}_.-]*\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlainName();
}
