using Analyzers.Tests.Mutations;
using Analyzers.Tests.Running;

namespace Analyzers.Tests.Rules;

public sealed class UnmodifiedTreeTests
{
    [Fact]
    public async Task Nothing_is_reported_on_the_modules_as_they_are() =>
        (await Analysis.OfModules(Modules.Files)).ShouldBeEmpty();
}
