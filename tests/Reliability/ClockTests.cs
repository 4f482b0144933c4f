using BuildingBlocks.EventLog.Maintenance;
using Microsoft.Extensions.DependencyInjection;

namespace Reliability;

public sealed class ClockTests
{
    [Fact]
    public void All_modules_together_still_go_by_the_databases_clock()
    {
        ServiceCollection services = [];

        Composition.AddTo(services);

        services
            .Last(service => service.ServiceType == typeof(TimeProvider))
            .ImplementationInstance.ShouldBeOfType<DatabaseClock>();
    }
}
