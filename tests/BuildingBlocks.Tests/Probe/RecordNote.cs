using System.Collections.Concurrent;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.Tests.Database;

namespace BuildingBlocks.Tests.Probe;

/// <summary>What a test makes the reaction do beside its work.</summary>
internal sealed class ProbeBehavior
{
    public Func<NoteTakenV1, CancellationToken, Task> OnNote { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>The same, with the reaction's DbContext.</summary>
    public Func<ProbeDbContext, NoteTakenV1, CancellationToken, Task> OnNoteIn { get; set; } =
        (_, _, _) => Task.CompletedTask;

    /// <summary>How many events each call of a batch reaction was given.</summary>
    public List<int> Batches { get; } = [];

    /// <summary>What a test makes the batch reaction do beside its work.</summary>
    public Action<ProbeDbContext, TallyMarkedV1> OnTally { get; set; } = (_, _) => { };

    /// <summary>The requests that the probe's behaviour stood around, and whose code ran there.</summary>
    public ConcurrentQueue<(Type Request, string? Module)> Requests { get; } = [];

    /// <summary>Whose code the probe's background work was when it was started.</summary>
    public TaskCompletionSource<string?> LoopRanAs { get; } = new();

    public void FailOn(string topic, Exception failure) =>
        OnNote = (note, _) =>
            string.Equals(note.Topic, topic, StringComparison.Ordinal)
                ? Task.FromException(failure)
                : Task.CompletedTask;

    public void Behave() =>
        (OnNote, OnNoteIn, OnTally) = ((_, _) => Task.CompletedTask, (_, _, _) => Task.CompletedTask, (_, _) => { });
}

/// <summary>Notes every delivery as a row, so that a second one would show.</summary>
internal sealed class RecordNote(ProbeDbContext db, ProbeBehavior behavior) : IReaction<NoteTakenV1>
{
    public async Task Handle(NoteTakenV1 happened, EventContext context, CancellationToken cancellationToken)
    {
        db.Add(Effect.Of(context, happened.Text));
        if (string.Equals(happened.Text, "echo", StringComparison.Ordinal))
        {
            db.Publish(new NoteEchoedV1(happened.Topic));
        }

        await behavior.OnNoteIn(db, happened, cancellationToken);
        await behavior.OnNote(happened, cancellationToken);
    }
}

internal sealed class RecordEcho(ProbeDbContext db) : IReaction<NoteEchoedV1>
{
    public Task Handle(NoteEchoedV1 happened, EventContext context, CancellationToken cancellationToken)
    {
        db.Add(Effect.Of(context, "echoed"));
        return Task.CompletedTask;
    }
}

internal sealed class RecordTallies(ProbeDbContext db, ProbeBehavior behavior) : IBatchReaction<TallyMarkedV1>
{
    public Task Handle(IReadOnlyList<EventWithContext<TallyMarkedV1>> events, CancellationToken cancellationToken)
    {
        behavior.Batches.Add(events.Count);
        foreach (var (happened, context) in events)
        {
            db.Add(Effect.Of(context, happened.Text));
            behavior.OnTally(db, happened);
        }

        return Task.CompletedTask;
    }
}

/// <summary>Stands beside a reaction that takes each event by itself.</summary>
internal sealed class CountEchoes(ProbeBehavior behavior) : IBatchReaction<NoteEchoedV1>
{
    public Task Handle(IReadOnlyList<EventWithContext<NoteEchoedV1>> events, CancellationToken cancellationToken)
    {
        behavior.Batches.Add(events.Count);
        return Task.CompletedTask;
    }
}
