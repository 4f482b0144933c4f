using BuildingBlocks.Contracts;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Database;

namespace BuildingBlocks.Tests.Probe;

/// <summary>The probe is a module like any other.</summary>
public sealed class ProbeSpecification(ProbeFixture probe)
    : ModuleSpecification<ProbeModule>(probe),
        IClassFixture<ProbeFixture>
{
    private readonly ProbeFixture probe = probe;

    protected override async Task<IIntegrationEvent> ExampleOf(Type eventType)
    {
        var example = await base.ExampleOf(eventType);
        if (example is TripBookedV1 booked)
        {
            await probe.Save<ProbeDbContext>(db => db.Add(new Trip { Id = booked.TripId }));
        }

        return example;
    }
}
