using BuildingBlocks.Messaging;
using BuildingBlocks.Tests.Persistence;

namespace BuildingBlocks.Tests.Probe;

/// <summary>What a test makes the reaction do beside its work.</summary>
internal sealed class ProbeBehavior
{
    public Func<NoteTakenV1, CancellationToken, Task> OnNote { get; set; } = (_, _) => Task.CompletedTask;

    public void FailOn(string topic, Exception failure) =>
        OnNote = (note, _) => string.Equals(note.Topic, topic, StringComparison.Ordinal) ? Task.FromException(failure) : Task.CompletedTask;

    public void Behave() => OnNote = (_, _) => Task.CompletedTask;
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
