namespace BuildingBlocks.EventLog.Sagas;

/// <summary>
/// A saga as it was declared, for those who draw it; the delegates are what it publishes its events with.
/// </summary>
internal sealed record SagaOutline(
    Type StartsOn,
    IReadOnlyList<SagaStepOutline> Steps,
    Delegate Completed,
    Delegate Failed,
    SagaConsentOutline? Consent
);

/// <summary>One step; null parts were not declared.</summary>
internal sealed record SagaStepOutline(
    string Name,
    Delegate Request,
    Type Completion,
    Type? Failure,
    Delegate? Compensation,
    Type? Compensated,
    TimeSpan Limit
);

/// <summary>The question to another module before a completed run is undone.</summary>
internal sealed record SagaConsentOutline(string Name, Delegate Request, Type Agreement, Type Refusal);
