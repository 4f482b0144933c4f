using FsCheck;
using FsCheck.Fluent;

namespace BuildingBlocks.Tests.EventLog.Model;

/// <summary>What happens next to a subscription that two Hosts work on.</summary>
internal enum SubscriptionMove
{
    Publish,

    /// <summary>An event that its reaction refuses until it is mended.</summary>
    PublishBroken,

    /// <summary>A worker takes its next step from where it believes the subscription to be.</summary>
    Step,

    /// <summary>A worker dies, and a new one takes its place.</summary>
    Replace,

    /// <summary>The key's broken events are broken no more.</summary>
    Mend,

    /// <summary>Time passes, and what is parked and due is tried.</summary>
    Retry,
}

/// <param name="Number">Of the key, or of the worker.</param>
internal sealed record SubscriptionStep(SubscriptionMove Move, int Number)
{
    public override string ToString() => $"{Move} {Number}";
}

/// <summary>One interleaving of publishers, workers, failures and operators.</summary>
internal sealed record SubscriptionProgram(SubscriptionStep[] Steps)
{
    public const int Keys = 3;
    public const int Workers = 2;

    /// <summary>Random programs, shrunk by leaving steps out.</summary>
    public static Arbitrary<SubscriptionProgram> Any =>
        Arb.From(
            from length in Gen.Choose(5, 40)
            from steps in Gen.ArrayOf(Step, length)
            select new SubscriptionProgram(steps),
            program => LogProgram.Fewer(program.Steps).Select(fewer => new SubscriptionProgram(fewer))
        );

    public override string ToString() => string.Join("; ", Steps);

    private static Gen<SubscriptionStep> Step =>
        from move in Gen.Frequency(
            (8, Gen.Constant(SubscriptionMove.Publish)),
            (3, Gen.Constant(SubscriptionMove.PublishBroken)),
            (8, Gen.Constant(SubscriptionMove.Step)),
            (1, Gen.Constant(SubscriptionMove.Replace)),
            (2, Gen.Constant(SubscriptionMove.Mend)),
            (3, Gen.Constant(SubscriptionMove.Retry))
        )
        from number in Gen.Choose(0, move is SubscriptionMove.Step or SubscriptionMove.Replace ? Workers - 1 : Keys - 1)
        select new SubscriptionStep(move, number);
}
