using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Persistence;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.Probe;

/// <summary>The probe module with small pages and few tries, so that tests reach the limits soon.</summary>
public sealed class ProbeFixture : ModuleFixture<ProbeModule>
{
    public const int PageSize = 5;
    public const int MaxAttempts = 3;

    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
    {
        ["EventLog:PageSize"] = "5",
        ["EventLog:MaxAttempts"] = "3",
        ["EventLog:PollInterval"] = "00:00:00.020",
    };

    internal ProbeBehavior Behavior => Services.GetRequiredService<ProbeBehavior>();

    /// <summary>Publishes notes of one topic in one transaction, and delivers nothing yet.</summary>
    internal async Task PublishOnly(string topic, params string[] texts)
    {
        await using var scope = Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProbeDbContext>();
        foreach (var text in texts)
        {
            db.Publish(new NoteTakenV1(topic, text));
        }

        await db.SaveChangesAsync();
    }

    /// <summary>What was noted for a topic, in the order it was applied.</summary>
    internal Task<IReadOnlyList<string>> Effects(string topic) => Sql.List<string>("select text from effects where key = $1 order by id", topic);

    protected override Task Started()
    {
        Pump.FailsOnParked = false;
        return Task.CompletedTask;
    }
}
