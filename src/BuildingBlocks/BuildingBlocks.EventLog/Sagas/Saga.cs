using BuildingBlocks.Contracts;

namespace BuildingBlocks.EventLog.Sagas;

/// <summary>
/// An orchestrated saga: steps that other modules carry out on request, each with a time-out and a compensation, run in
/// reverse order when a later step fails. Found by this type in the module's assembly; kept as rows in <c>sagas</c> and
/// <c>saga_history</c>.
/// </summary>
/// <typeparam name="TState">An entity of the module's DbContext keyed by a Guid, usually the aggregate; the saga
/// changes nothing else.</typeparam>
public abstract class Saga<TState>
    where TState : class
{
    /// <summary>Declares the saga; called once, so it captures nothing.</summary>
    protected abstract void Define(SagaBuilder<TState> saga);

    internal void DefineInto(SagaBuilder<TState> saga) => Define(saga);
}

/// <summary>What a saga is made of.</summary>
/// <typeparam name="TState">The entity it moves through its steps.</typeparam>
public sealed class SagaBuilder<TState>
    where TState : class
{
    internal SagaStart? Start { get; private set; }

    internal List<SagaStep<TState>> Steps { get; } = [];

    internal Func<TState, DateTimeOffset, IIntegrationEvent>? Completed { get; private set; }

    internal Func<TState, string, DateTimeOffset, IIntegrationEvent>? Failed { get; private set; }

    internal SagaConsent<TState>? Consent { get; private set; }

    /// <summary>The event that begins it, published in the transaction that added the state.</summary>
    /// <param name="id">The state's key.</param>
    public SagaBuilder<TState> StartsOn<TEvent>(Func<TEvent, Guid> id)
        where TEvent : class, IIntegrationEvent
    {
        Start = new(typeof(TEvent), happened => id((TEvent)happened));
        return this;
    }

    /// <summary>The next step; its name appears in the history, so it is lower-case words.</summary>
    public SagaBuilder<TState> Step(string name, Action<SagaStepBuilder<TState>> define)
    {
        SagaStepBuilder<TState> step = new(name);
        define(step);
        Steps.Add(step.Step);
        return this;
    }

    /// <summary>
    /// What becomes of the state, and what is published, once all steps are done or all compensations are.
    /// </summary>
    /// <param name="completed">Gets the state and the time (UTC).</param>
    /// <param name="failed">Gets the state, the reason and the time (UTC).</param>
    public SagaBuilder<TState> Ends(
        Func<TState, DateTimeOffset, IIntegrationEvent> completed,
        Func<TState, string, DateTimeOffset, IIntegrationEvent> failed
    )
    {
        (Completed, Failed) = (completed, failed);
        return this;
    }

    /// <summary>
    /// Who must agree before a completed run is undone, because what followed from its end may have gone too far to be
    /// undone. Nothing is compensated until they agree, however long that takes; when they refuse, the run stays
    /// completed. Without it a completed run is undone at once.
    /// </summary>
    /// <param name="name">Appears in the history beside the steps' names, so it is lower-case words.</param>
    /// <param name="define">Declares the request and the events that answer it.</param>
    public SagaBuilder<TState> UndoneOnlyAfter(string name, Action<SagaConsentBuilder<TState>> define)
    {
        SagaConsentBuilder<TState> consent = new(name);
        define(consent);
        Consent = consent.Consent;
        return this;
    }
}

/// <summary>One step: what is asked for, which event answers it, and how it is undone.</summary>
/// <typeparam name="TState">The entity the saga moves through its steps.</typeparam>
public sealed class SagaStepBuilder<TState>
    where TState : class
{
    internal SagaStepBuilder(string name) => Step = new(name);

    internal SagaStep<TState> Step { get; }

    /// <summary>The event that asks for the step.</summary>
    public SagaStepBuilder<TState> Request(Func<TState, IIntegrationEvent> request) =>
        With(() => Step.Request = request);

    /// <summary>The event that says it is done.</summary>
    /// <param name="id">The state's key.</param>
    /// <param name="apply">What changes in the state; gets the event and the time (UTC).</param>
    public SagaStepBuilder<TState> Completes<TEvent>(Func<TEvent, Guid> id, Action<TState, DateTimeOffset> apply)
        where TEvent : class, IIntegrationEvent =>
        With(() => Step.Completion = new(typeof(TEvent), happened => id((TEvent)happened), apply));

    /// <summary>The event that says it cannot be done and had no effect; the steps before it are compensated.</summary>
    /// <param name="id">The state's key.</param>
    /// <param name="reason">For the customer to read.</param>
    public SagaStepBuilder<TState> Fails<TEvent>(Func<TEvent, Guid> id, Func<TEvent, string> reason)
        where TEvent : class, IIntegrationEvent =>
        With(() =>
            Step.Failure = new(typeof(TEvent), happened => id((TEvent)happened), happened => reason((TEvent)happened))
        );

    /// <summary>
    /// The event that asks to undo the step, also when it is unknown whether it was done; the saga waits for the
    /// answer.
    /// </summary>
    /// <typeparam name="TEvent">The event that says it is undone.</typeparam>
    /// <param name="request">Gets the state and the reason.</param>
    /// <param name="id">The state's key in the answer.</param>
    public SagaStepBuilder<TState> Compensate<TEvent>(
        Func<TState, string, IIntegrationEvent> request,
        Func<TEvent, Guid> id
    )
        where TEvent : class, IIntegrationEvent =>
        With(() => Step.Compensation = new(request, typeof(TEvent), happened => id((TEvent)happened)));

    /// <summary>
    /// How long the step may take before it counts as failed with unknown effect, and is compensated too.
    /// </summary>
    public SagaStepBuilder<TState> TimesOutAfter(TimeSpan limit) => With(() => Step.Limit = limit);

    private SagaStepBuilder<TState> With(Action set)
    {
        set();
        return this;
    }
}

/// <summary>What is asked before a completed run is undone, and which events answer it.</summary>
/// <typeparam name="TState">The entity the saga moves through its steps.</typeparam>
public sealed class SagaConsentBuilder<TState>
    where TState : class
{
    internal SagaConsentBuilder(string name) => Consent = new(name);

    internal SagaConsent<TState> Consent { get; }

    /// <summary>The event that asks.</summary>
    /// <param name="request">Gets the state and the reason.</param>
    public SagaConsentBuilder<TState> Request(Func<TState, string, IIntegrationEvent> request) =>
        With(() => Consent.Request = request);

    /// <summary>
    /// The event that says that the run may be undone, and that nothing further will follow from its end.
    /// </summary>
    /// <param name="id">The state's key.</param>
    public SagaConsentBuilder<TState> Agrees<TEvent>(Func<TEvent, Guid> id)
        where TEvent : class, IIntegrationEvent =>
        With(() => Consent.Agreement = new(typeof(TEvent), happened => id((TEvent)happened)));

    /// <summary>
    /// The event that says that it is too late; one that happens anyway will do, for while nobody asks it is ignored.
    /// </summary>
    /// <param name="id">The state's key.</param>
    public SagaConsentBuilder<TState> Refuses<TEvent>(Func<TEvent, Guid> id)
        where TEvent : class, IIntegrationEvent =>
        With(() => Consent.Refusal = new(typeof(TEvent), happened => id((TEvent)happened)));

    private SagaConsentBuilder<TState> With(Action set)
    {
        set();
        return this;
    }
}
