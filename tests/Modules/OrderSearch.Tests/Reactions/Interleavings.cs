namespace OrderSearch.Tests.Reactions;

/// <summary>All ways in which the events of several sources can reach a consumer.</summary>
internal static class Interleavings
{
    /// <summary>Each is a sequence of source numbers, in which a source occurs as often as it has events.</summary>
    public static IReadOnlyList<IReadOnlyList<int>> Of(int[] events)
    {
        if (events.All(left => left == 0))
        {
            return
            [
                [],
            ];
        }

        return
        [
            .. from source in Enumerable.Range(0, events.Length)
            where events[source] > 0
            from rest in Of([.. events.Select((left, i) => i == source ? left - 1 : left)])
            select (IReadOnlyList<int>)[source, .. rest],
        ];
    }
}
