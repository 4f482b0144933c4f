using System.Text;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Sagas;
using BuildingBlocks.Modules;

namespace BuildingBlocks.Testing.Documentation;

/// <summary>Who reacts to whom.</summary>
internal sealed class EventGraph
{
    // Room for the names of events beside arrows that run between the same modules.
    private const string Layout = """
        %%{init: {"flowchart": {"nodeSpacing": 120, "rankSpacing": 140}}}%%
        flowchart TB

        """;

    private readonly IReadOnlyList<Edge> edges;

    public EventGraph(DescribedModules modules) =>
        edges = [
            .. (
                from consumer in modules.All
                from type in consumer.HeardEvents
                where type != typeof(SagaStepTimedOutV1)
                group EventName.Of(type).Name by (
                    Producer: ModuleDescriptor.OwnerOf(type),
                    Consumer: consumer.Module.Assembly.GetName().Name!
                ) into edge
                select new Edge(
                    edge.Key.Producer,
                    edge.Key.Consumer,
                    [.. edge.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
                )
            )
                .OrderBy(edge => edge.Producer, StringComparer.Ordinal)
                .ThenBy(edge => edge.Consumer, StringComparer.Ordinal),
        ];

    /// <summary>The modules of each circle, in which each hears of each other at least through others.</summary>
    public IReadOnlyList<string[]> Circles =>
        [
            .. Names
                .Select(start => Names.Where(other => InOneCircle(start, other)).ToArray())
                .Where(circle => circle.Length > 1)
                .DistinctBy(circle => string.Join(' ', circle), StringComparer.Ordinal),
        ];

    private IEnumerable<string> Names =>
        edges
            .SelectMany(edge => new[] { edge.Producer, edge.Consumer })
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    public IEnumerable<string> ConsumersOf(string producer, string name) =>
        edges
            .Where(edge =>
                string.Equals(edge.Producer, producer, StringComparison.Ordinal)
                && edge.Events.Contains(name, StringComparer.Ordinal)
            )
            .Select(edge => edge.Consumer);

    /// <summary>A flowchart of Mermaid; arrows of a circle are thick.</summary>
    public string Draw(IEnumerable<string> modules)
    {
        StringBuilder text = new(Layout);
        foreach (var module in modules)
        {
            text.Append("    ").Append(module).Append('\n');
        }

        foreach (var edge in edges.Where(edge => !edge.IsToItself))
        {
            var arrow = InOneCircle(edge.Producer, edge.Consumer) ? "==>" : "-->";
            text.Append("    ")
                .Append(edge.Producer)
                .Append(' ')
                .Append(arrow)
                .Append("|\"")
                .AppendJoin("<br>", edge.Events)
                .Append("\"| ")
                .Append(edge.Consumer)
                .Append('\n');
        }

        return text.ToString();
    }

    private bool InOneCircle(string one, string other) => Reaches(one, other) && Reaches(other, one);

    private bool Reaches(string from, string to)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        Queue<string> next = new([from]);
        while (next.TryDequeue(out var module))
        {
            foreach (
                var edge in edges.Where(edge =>
                    !edge.IsToItself
                    && string.Equals(edge.Producer, module, StringComparison.Ordinal)
                    && seen.Add(edge.Consumer)
                )
            )
            {
                next.Enqueue(edge.Consumer);
            }
        }

        return seen.Contains(to);
    }

    private sealed record Edge(string Producer, string Consumer, string[] Events)
    {
        public bool IsToItself => string.Equals(Producer, Consumer, StringComparison.Ordinal);
    }
}
