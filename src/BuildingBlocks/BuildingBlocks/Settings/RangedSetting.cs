using System.Globalization;
using BuildingBlocks.EventLog.Hosting;
using Microsoft.Extensions.Configuration;

namespace BuildingBlocks.Settings;

/// <summary>
/// A number or duration that stands by itself in the configuration, and what it may be; it cannot be read without being
/// held to that.
/// </summary>
/// <typeparam name="T">What it is read as.</typeparam>
/// <param name="Name">The setting.</param>
/// <param name="Least">The smallest value it takes.</param>
/// <param name="Most">The largest.</param>
internal sealed record RangedSetting<T>(string Name, T Least, T Most)
    where T : struct, IParsable<T>, IComparable<T>
{
    /// <summary>The value; null when none is set.</summary>
    /// <exception cref="StartupException">It is none, or out of its range.</exception>
    public T? Read(IConfiguration configuration)
    {
        if (configuration[Name] is not { Length: > 0 } text)
        {
            return null;
        }

        return
            T.TryParse(text, CultureInfo.InvariantCulture, out var value)
            && value.CompareTo(Least) >= 0
            && value.CompareTo(Most) <= 0
            ? value
            : throw new StartupException(
                string.Create(CultureInfo.InvariantCulture, $"{Name} is {text}; it has to be from {Least} to {Most}.")
            );
    }
}
