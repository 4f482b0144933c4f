namespace Bench.Tests;

[Trait("Module", "OrderSearch")]
public sealed class ProductTests
{
    [Fact]
    public async Task The_whole_product()
    {
        var figures = await ShortRun.Of("Product.Bench", "--short");

        figures["product"]
            .ShouldBe(
                [
                    "first-start-s",
                    "start-postgres-starting-s",
                    "idle-core-percent",
                    "idle-memory-mb",
                    "idle-statements-per-second",
                    "orders-per-second",
                    "request-p50-ms",
                    "request-p99-ms",
                    "saga-p50-ms",
                    "saga-p99-ms",
                    "search-p50-ms",
                    "search-p99-ms",
                    "start-postgres-running-s",
                    "applied-after-start-s",
                ],
                ignoreOrder: true
            );
    }
}
