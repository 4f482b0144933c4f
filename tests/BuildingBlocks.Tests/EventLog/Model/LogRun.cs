using BuildingBlocks.Tests.Probe;

namespace BuildingBlocks.Tests.EventLog.Model;

/// <summary>Runs a program on the real database and compares what readers were given with what was committed.</summary>
internal sealed class LogRun : IAsyncDisposable
{
    // More than any program can publish.
    private const int MostPages = 200;

    private readonly LogWriter[] writers;
    private readonly ReadPage[] readers;
    private readonly string[] keys;
    private readonly List<Guid> committed = [];
    private readonly List<Guid>[] delivered =
    [
        .. Enumerable.Range(0, LogProgram.Readers).Select(_ => new List<Guid>()),
    ];
    private readonly Dictionary<Guid, (string Key, int Number)> written = [];

    private LogRun(LogWriter[] writers, ReadPage[] readers, string[] keys) =>
        (this.writers, this.readers, this.keys) = (writers, readers, keys);

    /// <summary>What was broken; null when each committed event came exactly once, in the order of its key.</summary>
    public static async Task<string?> FindFaultAsync(ProbeFixture probe, LogProgram program, NewReader newReader)
    {
        await using var run = await BeginAsync(probe, program, newReader);
        foreach (var step in program.Steps)
        {
            await run.TakeAsync(step);
        }

        foreach (var writer in run.writers)
        {
            run.committed.AddRange(await writer.CommitAsync());
        }

        for (var reader = 0; reader < LogProgram.Readers; reader++)
        {
            var pages = 0;
            while (await run.ReadAsync(reader, dies: false))
            {
                if (++pages > MostPages)
                {
                    return $"reader {reader} finds no end";
                }
            }
        }

        return Enumerable.Range(0, LogProgram.Readers).Select(run.FaultOf).FirstOrDefault(fault => fault is not null);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in writers)
        {
            await writer.DisposeAsync();
        }
    }

    private static async Task<LogRun> BeginAsync(ProbeFixture probe, LogProgram program, NewReader newReader)
    {
        var titles = Enumerable.Range(0, LogProgram.Keys).Select(number => $"model-{number}").ToArray();
        await probe.Sql.Execute(
            "insert into notes (id, title, times) select gen_random_uuid(), title, 0 from unnest($1::text[]) title on "
                + "conflict do nothing",
            [titles]
        );
        List<LogWriter> transactions = [];
        for (var i = 0; i < LogProgram.Connections; i++)
        {
            transactions.Add(new(await probe.Sql.Connections.OpenConnectionAsync()));
        }

        List<ReadPage> subscribers = [];
        foreach (var size in program.PageSizes)
        {
            subscribers.Add(await newReader(probe.Sql.Connections, size));
        }

        return new([.. transactions], [.. subscribers], titles);
    }

    private async Task TakeAsync(LogStep step)
    {
        switch (step.Move)
        {
            case Move.TakeId:
                await writers[step.Actor].TakeIdAsync();
                break;
            case Move.Write:
                await WriteAsync(writers[step.Actor], keys[step.Key]);
                break;
            case Move.Savepoint:
                await writers[step.Actor].SavepointAsync();
                break;
            case Move.RollBackToSavepoint:
                await writers[step.Actor].RollBackToSavepointAsync();
                break;
            case Move.ReleaseSavepoint:
                await writers[step.Actor].ReleaseSavepointAsync();
                break;
            case Move.Commit:
                committed.AddRange(await writers[step.Actor].CommitAsync());
                break;
            case Move.RollBack:
                await writers[step.Actor].RollBackAsync();
                break;
            case Move.Read or Move.ReadAndDie:
                await ReadAsync(step.Actor, dies: step.Move is Move.ReadAndDie);
                break;
        }
    }

    private async Task WriteAsync(LogWriter writer, string key)
    {
        // A real one would wait here until the other's transaction has ended.
        if (Array.TrueForAll(writers, other => other == writer || !other.Holds(key)))
        {
            var eventId = Guid.CreateVersion7();
            written[eventId] = (key, written.Count);
            await writer.WriteAsync(key, eventId);
        }
    }

    private async Task<bool> ReadAsync(int reader, bool dies)
    {
        var page = await readers[reader]();
        if (!dies)
        {
            delivered[reader].AddRange(page.Events);
            page.Apply();
        }

        return page.IsNew;
    }

    private string? FaultOf(int reader)
    {
        var got = delivered[reader];
        if (committed.Except(got).ToArray() is { Length: > 0 } lost)
        {
            return $"reader {reader} lost {Named(lost)}";
        }

        if (got.Except(committed).ToArray() is { Length: > 0 } invented)
        {
            return $"reader {reader} was given {Named(invented)}, never committed";
        }

        if (got.Count != committed.Count)
        {
            return $"reader {reader} was given an event twice: {Named(got)}";
        }

        var outOfOrder = got.Select(eventId => written[eventId])
            .GroupBy(one => one.Key, StringComparer.Ordinal)
            .FirstOrDefault(key => !key.Select(one => one.Number).SequenceEqual(key.Select(one => one.Number).Order()));
        return outOfOrder is null ? null : $"reader {reader} was given {outOfOrder.Key} out of order: {Named(got)}";
    }

    private string Named(IEnumerable<Guid> events) =>
        string.Join(
            ", ",
            events.Select(eventId =>
                written.TryGetValue(eventId, out var one) ? $"{one.Key}#{one.Number}" : $"{eventId}"
            )
        );
}
