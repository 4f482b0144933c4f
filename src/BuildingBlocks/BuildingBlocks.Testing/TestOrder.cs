using Xunit.Sdk;
using Xunit.v3;

namespace BuildingBlocks.Testing;

/// <summary>
/// The order in which a test project begins its classes: by name, or the other way round when the environment variable
/// <c>TEST_ORDER</c> is <c>reversed</c>. Tests pass in both; <c>tests/gate-trial reversed</c> tries it.
/// </summary>
public sealed class TestOrder : ITestCollectionOrderer
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "TEST_ORDER";

    private static readonly bool IsReversed = Environment.GetEnvironmentVariable(Variable) is "reversed";

    /// <inheritdoc />
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections
    )
        where TTestCollection : ITestCollection
    {
        var byName = testCollections.OrderBy(
            collection => collection.TestCollectionDisplayName,
            StringComparer.Ordinal
        );
        return [.. IsReversed ? byName.Reverse() : byName];
    }
}
