using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;

namespace BuildingBlocks.EventLog.Sagas;

/// <summary>A saga's step has had its time. Sent by a module to itself; it says nothing to other modules.</summary>
/// <param name="Saga">The saga's name.</param>
/// <param name="Id">The run's key; also the event's.</param>
/// <param name="Step">Index of the step, from 0.</param>
[IntegrationEvent("saga.step-timed-out", version: 1)]
internal sealed record SagaStepTimedOutV1(string Saga, Guid Id, [Range(0, int.MaxValue)] int Step) : IIntegrationEvent
{
    public string Key => Id.ToString();

    /// <summary>
    /// The SQL condition that a scheduled event is one of these and its run no longer waits for the step, to which no
    /// run ever comes back: most steps are answered in time. A run that goes on just now may still be told; it ignores
    /// that.
    /// </summary>
    /// <param name="schema">The module's.</param>
    /// <param name="scheduled">An alias with the columns of <c>scheduled_events</c>.</param>
    public static string IsPointless(string schema, string scheduled) =>
        $"""
            case {scheduled}.event_type when '{EventName.Of(typeof(SagaStepTimedOutV1)).Name}' then exists (
              select 1 from "{schema}".sagas run
              where run.saga = {scheduled}.payload->>'saga' and run.id = ({scheduled}.payload->>'id')::uuid
              and (run.status <> 'running' or run.step <> ({scheduled}.payload->>'step')::integer))
            else false end
            """;
}
