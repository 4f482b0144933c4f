using BuildingBlocks.Contracts;

namespace BuildingBlocks.Sagas;

/// <summary>A saga's step has had its time. Sent by a module to itself; it says nothing to other modules.</summary>
/// <param name="Saga">The saga's name.</param>
/// <param name="Id">The run's key; also the event's.</param>
/// <param name="Step">Index of the step, from 0.</param>
[IntegrationEvent("saga.step-timed-out", version: 1)]
internal sealed record SagaStepTimedOutV1(string Saga, Guid Id, int Step) : IIntegrationEvent
{
    public string Key => Id.ToString();
}
