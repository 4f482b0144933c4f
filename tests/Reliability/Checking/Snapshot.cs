using System.Globalization;
using BuildingBlocks.Testing.Lanes;

namespace Reliability.Checking;

/// <summary>What a transaction saw of others, as PostgreSQL writes a pg_snapshot: xmin:xmax:xip,xip.</summary>
internal sealed record Snapshot(ulong Min, ulong Max, IReadOnlySet<ulong> Open)
{
    public static Snapshot Parse(string text)
    {
        var parts = text.Split(':');
        return new(
            Number(parts[0]),
            Number(parts[1]),
            parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Number).ToHashSet()
        );
    }

    public bool Sees(ulong transaction) => transaction < Min || (transaction < Max && !Open.Contains(transaction));

    private static ulong Number(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A subscription's progress, as its row tells it.</summary>
internal sealed class Progress(string checkpoint, string? target, long position)
{
    private readonly Snapshot seen = Snapshot.Parse(checkpoint);
    private readonly Snapshot? seenByTarget = target is null ? null : Snapshot.Parse(target);

    /// <summary>Nothing from here on can have been applied.</summary>
    public ulong Max => seenByTarget is null || seenByTarget.Max < seen.Max ? seen.Max : seenByTarget.Max;

    /// <summary>Everything before this has been applied.</summary>
    public ulong Min => seen.Min;

    public bool Covers(LoggedEvent happened) =>
        seen.Sees(happened.Transaction)
        || (seenByTarget is not null && seenByTarget.Sees(happened.Transaction) && happened.Position <= position);

    public override string ToString() => target is null ? checkpoint : $"{checkpoint} to {target} at {position}";
}

/// <summary>A row of an outbox.</summary>
internal sealed record LoggedEvent(long Position, ulong Transaction, Guid Id, string Type, string Key)
{
    private (int Lanes, short Lane) last;

    /// <summary>Among so many.</summary>
    public short LaneOf(int lanes)
    {
        if (last.Lanes != lanes)
        {
            last = (lanes, KeyLane.Of(Key, lanes));
        }

        return last.Lane;
    }
}
