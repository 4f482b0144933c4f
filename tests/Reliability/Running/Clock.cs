using System.Globalization;

namespace Reliability.Running;

/// <summary>Gives a process another time than the machine's, by Debian's package libfaketime.</summary>
internal static class Clock
{
    /// <summary>The library that does it; null where it is not installed.</summary>
    public static string? Library { get; } =
        new[] { "/usr/lib", "/usr/local/lib" }
            .Where(Directory.Exists)
            .SelectMany(folder =>
                Directory
                    .EnumerateDirectories(folder, "faketime")
                    .Concat(
                        Directory
                            .EnumerateDirectories(folder)
                            .Where(below => below.EndsWith("linux-gnu", StringComparison.Ordinal))
                            .Select(below => Path.Combine(below, "faketime"))
                    )
            )
            .Select(folder => Path.Combine(folder, "libfaketime.so.1"))
            .FirstOrDefault(File.Exists);

    public static Dictionary<string, string?> Off(Dictionary<string, string?> settings, TimeSpan off) =>
        off == TimeSpan.Zero
            ? settings
            : new(settings, StringComparer.Ordinal)
            {
                ["LD_PRELOAD"] = Library,
                ["FAKETIME"] = string.Create(CultureInfo.InvariantCulture, $"{off.TotalSeconds:+0;-0}s"),
                // Durations stay true: only the time of day is wrong.
                ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
                ["DONT_FAKE_MONOTONIC"] = "1",
            };
}
