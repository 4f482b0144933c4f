namespace BuildingBlocks.EventLog.Sagas;

/// <summary>Where one run of a saga stands; a row of <c>sagas</c>.</summary>
internal sealed class SagaInstance
{
    public required string Saga { get; init; }

    /// <summary>The key of the entity it moves through its steps.</summary>
    public required Guid Id { get; init; }

    public SagaStatus Status { get; set; }

    /// <summary>
    /// Index of the step that is asked for, or being compensated; the number of steps once completed, also while it is
    /// asked whether a completed run may be undone; -1 once all is undone.
    /// </summary>
    public int Step { get; set; }

    /// <summary>Why it is compensated.</summary>
    public string? Reason { get; set; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; set; }
}

internal enum SagaStatus
{
    Running,
    Compensating,
    Completed,
    Failed,
}

/// <summary>What happened to a saga; a row of <c>saga_history</c>.</summary>
internal sealed class SagaHistoryEntry
{
    public long Position { get; init; }

    public required string Saga { get; init; }

    public required Guid Id { get; init; }

    /// <summary>The step's name; null for what concerns the whole saga.</summary>
    public string? Step { get; init; }

    /// <summary>
    /// started, requested, completed, failed, timed out, compensation requested, compensated, cancelled, agreed,
    /// refused, ended.
    /// </summary>
    public required string What { get; init; }

    public string? Detail { get; init; }

    /// <summary>The event that made it happen, if one did.</summary>
    public Guid? EventId { get; init; }

    public DateTimeOffset At { get; init; }
}
