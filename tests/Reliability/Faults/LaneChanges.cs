using BuildingBlocks.Modules;
using Reliability.Load;

namespace Reliability.Faults;

/// <summary>
/// An operator who changes the number of lanes of one consumer after the other while everything else goes on.
/// </summary>
/// <param name="caller">Asks whichever Host is up.</param>
/// <param name="catalog">Whose consumers.</param>
/// <param name="lanes">The numbers to choose from.</param>
internal sealed class LaneChanges(Caller caller, ModuleCatalog catalog, IReadOnlyList<int> lanes)
{
    public Lane Lane(TimeSpan shortest, TimeSpan longest) =>
        new(
            "operator",
            shortest,
            longest,
            [new("lanes-changed", 1, lanes.Count < 2 ? "only one number of lanes was asked for" : null, ChangeAsync)]
        );

    /// <summary>Gives each consumer the largest number, before anything is broken.</summary>
    public async Task SpreadAsync()
    {
        foreach (var consumer in Consumers)
        {
            while (await AskAsync(Random.Shared, consumer, lanes.Max()) is not { Outcome: Outcome.Acknowledged })
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private string[] Consumers =>
        [.. catalog.Subscriptions.Select(subscription => subscription.Name).Distinct(StringComparer.Ordinal)];

    /// <returns>0 when nobody could be asked, or the number is being changed already.</returns>
    private async Task<int> ChangeAsync(Random random, CancellationToken stop)
    {
        var consumers = Consumers;
        var answer = await AskAsync(random, consumers[random.Next(consumers.Length)], lanes[random.Next(lanes.Count)]);
        return answer.Outcome == Outcome.Acknowledged ? 1 : 0;
    }

    private Task<Answer> AskAsync(Random random, string consumer, int number) =>
        caller.SendAsync(
            random,
            asAdmin: true,
            HttpMethod.Put,
            $"/operations/subscriptions/{consumer}/lanes",
            new { lanes = number }
        );
}
