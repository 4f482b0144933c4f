using MigrateIn.Planning;

namespace MigrateIn.Tests.Planning;

public sealed class CommunitiesTests
{
    [Fact]
    public void Two_cliques_with_a_bridge_are_two_communities()
    {
        Dictionary<(int, int), double> edges = new() { [(2, 3)] = 1 };
        foreach (var (low, high) in new[] { (0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5) })
        {
            edges[(low, high)] = 1;
        }

        Communities.Find(6, edges).ShouldBe([0, 0, 0, 1, 1, 1]);
    }

    [Fact]
    public void A_ring_of_thirty_cliques_is_joined_in_pairs_as_modularity_has_it()
    {
        // Fortunato and Barthélemy (2007): in a ring of thirty cliques of five, pairs have the highest modularity.
        Dictionary<(int, int), double> edges = [];
        for (var clique = 0; clique < 30; clique++)
        {
            for (var i = 0; i < 5; i++)
            {
                for (var j = i + 1; j < 5; j++)
                {
                    edges[((clique * 5) + i, (clique * 5) + j)] = 1;
                }
            }

            var (one, other) = (clique * 5, (((clique + 1) % 30) * 5) + 1);
            edges[one < other ? (one, other) : (other, one)] = 1;
        }

        var found = Communities.Find(150, edges);

        for (var clique = 0; clique < 30; clique++)
        {
            found[(clique * 5)..((clique * 5) + 5)].Distinct().Count().ShouldBe(1, "A clique is never torn.");
        }

        found.Distinct().Count().ShouldBeLessThan(30);
    }

    [Fact]
    public void Nodes_without_edges_stay_alone() => Communities.Find(3, []).ShouldBe([0, 1, 2]);

    [Theory]
    [InlineData("aabb", "xxyy", 1)]
    [InlineData("aabb", "xyxy", -0.5)]
    [InlineData("aaabbb", "xxyyzz", 0.2424)]
    [InlineData("a", "x", 1)]
    [InlineData("", "", 1)]
    public void Two_divisions_are_compared_by_pairs(string one, string other, double expected) =>
        AdjustedRandIndex.Of([.. one.Zip(other, (a, b) => ($"{a}", $"{b}"))]).ShouldBe(expected, 0.0001);
}
