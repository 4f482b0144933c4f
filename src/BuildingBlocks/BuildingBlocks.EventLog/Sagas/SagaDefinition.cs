using System.Collections.Concurrent;
using System.Globalization;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Storage;
using Microsoft.EntityFrameworkCore;

namespace BuildingBlocks.EventLog.Sagas;

/// <summary>A saga as it was declared, and how events move its runs.</summary>
internal abstract class SagaDefinition(Type sagaType)
{
    // A saga captures nothing, so one definition of it serves for good.
    private static readonly ConcurrentDictionary<Type, SagaDefinition> Known = new();

    public Type SagaType { get; } = sagaType;

    /// <summary>The declaring type's name without "Saga", in kebab-case: <c>place-order</c>.</summary>
    public string Name { get; } =
        SnakeCaseNames
            .Convert(sagaType.Name.EndsWith("Saga", StringComparison.Ordinal) ? sagaType.Name[..^4] : sagaType.Name)
            .Replace('_', '-');

    public abstract IReadOnlyList<Type> EventTypes { get; }

    /// <summary>The faults of the declaration.</summary>
    public abstract IReadOnlyList<string> Faults { get; }

    /// <summary>What was declared; only of a saga without faults.</summary>
    public abstract SagaOutline Outline { get; }

    /// <summary>Whether the type declares a saga.</summary>
    public static bool IsSaga(Type type) =>
        type.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(Saga<>);

    /// <summary>The saga as its type declares it.</summary>
    /// <exception cref="ArgumentException">The type declares none.</exception>
    public static SagaDefinition Of(Type sagaType) =>
        IsSaga(sagaType)
            ? Known.GetOrAdd(sagaType, static type =>
                (SagaDefinition)
                    Activator.CreateInstance(
                        typeof(SagaDefinition<>).MakeGenericType(type.BaseType!.GenericTypeArguments),
                        Activator.CreateInstance(type)
                    )!
            )
            : throw new ArgumentException(
                $"{sagaType.FullName} is no saga: it does not derive from Saga<TState>.",
                nameof(sagaType)
            );

    /// <summary>
    /// Moves the run that the event belongs to; events of other runs, late ones and time-outs of finished steps change
    /// nothing.
    /// </summary>
    public abstract Task Handle(
        ModuleDbContext db,
        IIntegrationEvent happened,
        EventContext context,
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Begins to compensate a run, also one that has completed; false when there is nothing left to compensate.
    /// </summary>
    public abstract Task<bool> Cancel(
        ModuleDbContext db,
        Guid id,
        string reason,
        DateTimeOffset now,
        CancellationToken cancellationToken
    );
}

/// <inheritdoc />
internal sealed class SagaDefinition<TState> : SagaDefinition
    where TState : class
{
    private readonly SagaBuilder<TState> declared = new();

    public SagaDefinition(Saga<TState> saga)
        : base(saga.GetType())
    {
        saga.DefineInto(declared);
        EventTypes = [.. AllEventTypes().Distinct()];
    }

    public override IReadOnlyList<Type> EventTypes { get; }

    public override IReadOnlyList<string> Faults => [.. FindFaults()];

    public override SagaOutline Outline =>
        new(
            declared.Start!.EventType,
            [
                .. declared.Steps.Select(step => new SagaStepOutline(
                    step.Name,
                    step.Request!,
                    step.Completion!.EventType,
                    step.Failure?.EventType,
                    step.Compensation?.Request,
                    step.Compensation?.AnswerType,
                    step.Limit!.Value
                )),
            ],
            declared.Completed!,
            declared.Failed!,
            declared.Consent is { } consent
                ? new(consent.Name, consent.Request!, consent.Agreement!.EventType, consent.Refusal!.EventType)
                : null
        );

    public override async Task Handle(
        ModuleDbContext db,
        IIntegrationEvent happened,
        EventContext context,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (happened is SagaStepTimedOutV1 timedOut)
        {
            if (
                string.Equals(timedOut.Saga, Name, StringComparison.Ordinal)
                && await FindAsync(db, timedOut.Id, context.EventId, now, cancellationToken) is { } late
            )
            {
                TimeOut(late, timedOut.Step);
            }

            return;
        }

        if (declared.Start!.EventType == happened.GetType())
        {
            await BeginAsync(db, declared.Start.Id(happened), context.EventId, now, cancellationToken);
        }

        for (var step = 0; step < declared.Steps.Count; step++)
        {
            await AnswerAsync(db, step, happened, context, now, cancellationToken);
        }

        if (declared.Consent is { } consent)
        {
            await AnswerAsync(db, consent, happened, context.EventId, now, cancellationToken);
        }
    }

    public override async Task<bool> Cancel(
        ModuleDbContext db,
        Guid id,
        string reason,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (
            await FindAsync(db, id, eventId: null, now, cancellationToken)
            is not { Instance.Status: SagaStatus.Running or SagaStatus.Completed } run
        )
        {
            return false;
        }

        run.Instance.EndedAt = null;
        run.Note(step: null, "cancelled", reason);
        if (run.Instance.Status == SagaStatus.Completed && declared.Consent is { } consent)
        {
            (run.Instance.Status, run.Instance.Step, run.Instance.Reason) = (
                SagaStatus.Compensating,
                declared.Steps.Count,
                reason
            );
            run.Db.Publish(consent.Request!(run.State, reason));
            run.Note(consent.Name, "requested");
            return true;
        }

        Compensate(run, Math.Min(run.Instance.Step, declared.Steps.Count - 1), reason);
        return true;
    }

    private async Task AnswerAsync(
        ModuleDbContext db,
        int index,
        IIntegrationEvent happened,
        EventContext context,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var (step, type) = (declared.Steps[index], happened.GetType());
        if (
            step.Completion is { } completion
            && completion.EventType == type
            && await FindAsync(db, completion.Id(happened), context.EventId, now, cancellationToken) is { } completed
        )
        {
            if (completed.IsAt(index, SagaStatus.Running, context))
            {
                completion.Apply(completed.State, now);
                completed.Note(step.Name, "completed");
                Request(completed, index + 1);
            }
        }

        if (
            step.Failure is { } failure
            && failure.EventType == type
            && await FindAsync(db, failure.Id(happened), context.EventId, now, cancellationToken) is { } failed
        )
        {
            if (failed.IsAt(index, SagaStatus.Running, context))
            {
                var reason = failure.Reason(happened);
                failed.Note(step.Name, "failed", reason);
                Compensate(failed, index - 1, reason);
            }
        }

        if (
            step.Compensation is { } compensation
            && compensation.AnswerType == type
            && await FindAsync(db, compensation.Id(happened), context.EventId, now, cancellationToken)
                is { } compensated
        )
        {
            if (compensated.IsAt(index, SagaStatus.Compensating, context))
            {
                compensated.Note(step.Name, "compensated");
                Compensate(compensated, index - 1, compensated.Instance.Reason!);
            }
        }
    }

    private async Task AnswerAsync(
        ModuleDbContext db,
        SagaConsent<TState> consent,
        IIntegrationEvent happened,
        Guid eventId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var answer = new[] { consent.Agreement!, consent.Refusal! }.FirstOrDefault(one =>
            one.EventType == happened.GetType()
        );
        if (
            answer is null
            || await FindAsync(db, answer.Id(happened), eventId, now, cancellationToken) is not { } run
            || !run.IsAt(declared.Steps.Count, SagaStatus.Compensating)
        )
        {
            return;
        }

        if (answer == consent.Agreement)
        {
            run.Note(consent.Name, "agreed");
            Compensate(run, declared.Steps.Count - 1, run.Instance.Reason!);
        }
        else
        {
            run.Note(consent.Name, "refused");
            (run.Instance.Status, run.Instance.Reason, run.Instance.EndedAt) = (SagaStatus.Completed, null, now);
        }
    }

    private async Task BeginAsync(
        ModuleDbContext db,
        Guid id,
        Guid eventId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (await db.FindAsync<SagaInstance>([Name, id], cancellationToken) is not null)
        {
            return;
        }

        SagaInstance instance = new()
        {
            Saga = Name,
            Id = id,
            StartedAt = now,
        };
        db.Add(instance);
        SagaRun<TState> run = new(db, instance, await StateAsync(db, id, cancellationToken), eventId, now);
        run.Note(step: null, "started");
        Request(run, 0);
    }

    private void Request(SagaRun<TState> run, int index)
    {
        run.Instance.Step = index;
        if (index == declared.Steps.Count)
        {
            run.End(SagaStatus.Completed, declared.Completed!(run.State, run.Now));
            return;
        }

        var step = declared.Steps[index];
        run.Instance.Status = SagaStatus.Running;
        run.Db.Publish(step.Request!(run.State));
        run.Db.Schedule(new SagaStepTimedOutV1(Name, run.Instance.Id, index), run.Now + step.Limit!.Value);
        run.Note(step.Name, "requested");
    }

    private void TimeOut(SagaRun<TState> run, int index)
    {
        if (run.Instance.Status != SagaStatus.Running || run.Instance.Step != index)
        {
            return;
        }

        var step = declared.Steps[index];
        var reason = string.Create(
            CultureInfo.InvariantCulture,
            $"{step.Name}: no answer within {step.Limit!.Value.TotalSeconds:0.###} s"
        );
        run.Note(step.Name, "timed out");

        // Whether the step took effect is unknown, so it is compensated like those before it.
        Compensate(run, index, reason);
    }

    private void Compensate(SagaRun<TState> run, int from, string reason)
    {
        run.Instance.Status = SagaStatus.Compensating;
        run.Instance.Reason = reason;
        for (var index = from; index >= 0; index--)
        {
            if (declared.Steps[index] is { Compensation: { } compensation } step)
            {
                run.Instance.Step = index;
                run.Db.Publish(compensation.Request(run.State, reason));
                run.Note(step.Name, "compensation requested");
                return;
            }
        }

        run.Instance.Step = -1;
        run.End(SagaStatus.Failed, declared.Failed!(run.State, reason, run.Now));
    }

    private async Task<SagaRun<TState>?> FindAsync(
        ModuleDbContext db,
        Guid id,
        Guid? eventId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        await db.FindAsync<SagaInstance>([Name, id], cancellationToken) is { } instance
            ? new(db, instance, await StateAsync(db, id, cancellationToken), eventId, now)
            : null;

    private async Task<TState> StateAsync(ModuleDbContext db, Guid id, CancellationToken cancellationToken) =>
        await db.FindAsync<TState>([id], cancellationToken)
        ?? throw new InvalidOperationException($"Saga {Name} finds no {typeof(TState).Name} {id}.");

    private IEnumerable<Type> AllEventTypes()
    {
        yield return typeof(SagaStepTimedOutV1);
        foreach (
            var type in new[] { declared.Start?.EventType }
                .Concat(
                    declared.Steps.SelectMany(step =>
                        new[] { step.Completion?.EventType, step.Failure?.EventType, step.Compensation?.AnswerType }
                    )
                )
                .Concat([declared.Consent?.Agreement?.EventType, declared.Consent?.Refusal?.EventType])
                .OfType<Type>()
        )
        {
            yield return type;
        }
    }

    private IEnumerable<string> FindFaults()
    {
        if (declared.Start is null)
        {
            yield return "nothing starts it; declare StartsOn.";
        }

        if (declared.Completed is null)
        {
            yield return "it has no end; declare Ends.";
        }

        foreach (var step in declared.Steps)
        {
            if (step.Request is null || step.Completion is null || step.Limit is null)
            {
                yield return $"step '{step.Name}' needs Request, Completes and TimesOutAfter.";
            }
        }

        if (
            declared.Consent is { } consent
            && (consent.Request is null || consent.Agreement is null || consent.Refusal is null)
        )
        {
            yield return $"'{consent.Name}' needs Request, Agrees and Refuses.";
        }

        if (declared.Steps.Count == 0)
        {
            yield return "it has no steps.";
        }
    }
}
