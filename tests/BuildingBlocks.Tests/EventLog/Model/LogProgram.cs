using FsCheck;
using FsCheck.Fluent;

namespace BuildingBlocks.Tests.EventLog.Model;

/// <summary>What happens next, to a transaction or to a reader.</summary>
internal enum Move
{
    /// <summary>
    /// The transaction gets its id now and writes later, maybe after others with greater ids have committed.
    /// </summary>
    TakeId,
    Write,
    Savepoint,
    RollBackToSavepoint,
    ReleaseSavepoint,
    Commit,
    RollBack,

    /// <summary>A page is read and applied.</summary>
    Read,

    /// <summary>A page is read by a consumer that dies before it commits.</summary>
    ReadAndDie,
}

/// <param name="Actor">Which connection, or which reader.</param>
/// <param name="Key">What is written to; means nothing to other moves.</param>
internal sealed record LogStep(Move Move, int Actor, int Key)
{
    public override string ToString() => Move is Move.Write ? $"{Move} {Key} by {Actor}" : $"{Move} by {Actor}";
}

/// <summary>
/// One interleaving of transactions and readers. A step that is impossible when its turn comes is passed over, so that
/// any part of a program is one too.
/// </summary>
internal sealed record LogProgram(int[] PageSizes, LogStep[] Steps)
{
    public const int Connections = 4;
    public const int Keys = 3;
    public const int Readers = 2;

    /// <summary>Random programs, shrunk by leaving out halves, quarters and so on down to single steps.</summary>
    public static Arbitrary<LogProgram> Any => Arb.From(Programs, Smaller);

    public override string ToString() => $"pages of {string.Join(" and ", PageSizes)}: {string.Join("; ", Steps)}";

    private static Gen<LogProgram> Programs =>
        from sizes in Gen.ArrayOf(Gen.Choose(1, 4), Readers)
        from length in Gen.Choose(5, 60)
        from steps in Gen.ArrayOf(Step, length)
        select new LogProgram(sizes, steps);

    private static Gen<LogStep> Step =>
        from move in Moves
        from actor in Gen.Choose(0, move is Move.Read or Move.ReadAndDie ? Readers - 1 : Connections - 1)
        from key in Gen.Choose(0, Keys - 1)
        select new LogStep(move, actor, key);

    private static Gen<Move> Moves =>
        Gen.Frequency(
            (2, Gen.Constant(Move.TakeId)),
            (12, Gen.Constant(Move.Write)),
            (2, Gen.Constant(Move.Savepoint)),
            (2, Gen.Constant(Move.RollBackToSavepoint)),
            (1, Gen.Constant(Move.ReleaseSavepoint)),
            (5, Gen.Constant(Move.Commit)),
            (1, Gen.Constant(Move.RollBack)),
            (6, Gen.Constant(Move.Read)),
            (1, Gen.Constant(Move.ReadAndDie))
        );

    /// <summary>The steps without halves, quarters and so on of them, down to single ones.</summary>
    public static IEnumerable<TStep[]> Fewer<TStep>(TStep[] steps)
    {
        for (var size = steps.Length / 2; size > 0; size /= 2)
        {
            for (var first = 0; first + size <= steps.Length; first += size)
            {
                yield return [.. steps[..first], .. steps[(first + size)..]];
            }
        }
    }

    private static IEnumerable<LogProgram> Smaller(LogProgram program) =>
        Fewer(program.Steps)
            .Select(fewer => program with { Steps = fewer })
            .Concat(
                Enumerable
                    .Range(0, Readers)
                    .Where(reader => program.PageSizes[reader] > 1)
                    .Select(reader =>
                        program with
                        {
                            PageSizes = [.. program.PageSizes.Select((size, i) => i == reader ? size - 1 : size)],
                        }
                    )
            );
}
