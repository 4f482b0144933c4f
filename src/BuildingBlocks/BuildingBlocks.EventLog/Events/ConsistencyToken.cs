using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildingBlocks.EventLog.Events;

/// <summary>
/// A transaction that published events: what a command answers, so that a later read can wait for its effects.
/// </summary>
/// <param name="Module">The module that published.</param>
/// <param name="TxId">Of the cluster that holds the module's outbox.</param>
internal readonly partial record struct ConsistencyToken(string Module, ulong TxId)
{
    /// <summary>Reads a list of tokens as a header carries it: <c>orders:1234, customers:1230</c>.</summary>
    /// <returns>False when it is not one to ten tokens.</returns>
    public static bool TryParseList(string text, out IReadOnlyList<ConsistencyToken> tokens)
    {
        const int Most = 10;
        List<ConsistencyToken> found = [];
        tokens = found;
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        foreach (var part in parts.Take(Most))
        {
            if (
                !Shape().IsMatch(part)
                || !ulong.TryParse(
                    part.AsSpan(part.IndexOf(':', StringComparison.Ordinal) + 1),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var txId
                )
            )
            {
                return false;
            }

            found.Add(new(part[..part.IndexOf(':', StringComparison.Ordinal)], txId));
        }

        return parts.Length <= Most;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Module}:{TxId}");

    [GeneratedRegex(
        @"\A[a-z][a-z0-9_]{0,29}:[0-9]{1,20}\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Shape();
}
