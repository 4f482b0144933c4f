using BuildingBlocks.Contracts;

namespace BuildingBlocks.EventLog.Sagas;

internal sealed record SagaStart(Type EventType, Func<IIntegrationEvent, Guid> Id);

internal sealed record SagaCompletion<TState>(
    Type EventType,
    Func<IIntegrationEvent, Guid> Id,
    Action<TState, DateTimeOffset> Apply
);

internal sealed record SagaFailure(
    Type EventType,
    Func<IIntegrationEvent, Guid> Id,
    Func<IIntegrationEvent, string> Reason
);

internal sealed record SagaCompensation<TState>(
    Func<TState, string, IIntegrationEvent> Request,
    Type AnswerType,
    Func<IIntegrationEvent, Guid> Id
);

internal sealed record SagaAnswer(Type EventType, Func<IIntegrationEvent, Guid> Id);

/// <summary>
/// Who is asked before a completed run is undone; start-up refuses one that lacks the request or an answer.
/// </summary>
internal sealed class SagaConsent<TState>(string name)
    where TState : class
{
    public string Name { get; } = name;

    public Func<TState, string, IIntegrationEvent>? Request { get; set; }

    public SagaAnswer? Agreement { get; set; }

    public SagaAnswer? Refusal { get; set; }
}

/// <summary>
/// What a step was declared to be; the builder fills it in and start-up refuses one that lacks a request, a completion
/// or a limit.
/// </summary>
internal sealed class SagaStep<TState>(string name)
    where TState : class
{
    public string Name { get; } = name;

    public Func<TState, IIntegrationEvent>? Request { get; set; }

    public SagaCompletion<TState>? Completion { get; set; }

    public SagaFailure? Failure { get; set; }

    public SagaCompensation<TState>? Compensation { get; set; }

    public TimeSpan? Limit { get; set; }
}
