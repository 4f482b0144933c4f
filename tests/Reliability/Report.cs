using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reliability.Checking;

namespace Reliability;

/// <summary>What a run came to.</summary>
internal sealed record Report(
    string Seed,
    string Duration,
    int Hosts,
    string PgBouncer,
    IReadOnlyDictionary<string, int> Faults,
    int FaultsMixed,
    IReadOnlyDictionary<string, string> FaultsMissing,
    long HostStarts,
    long OrdersAcknowledged,
    long RequestsAcknowledged,
    long RequestsRefused,
    long RequestsUnknown,
    long EventsPublished,
    long EventsApplied,
    long EventsParkedMeanwhile,
    long CheckpointMoves,
    long LanesMovedToAnotherNumber,
    int Lost,
    int Doubled,
    int OutOfOrder,
    int Stuck,
    int Untrue,
    IReadOnlyList<string> Findings,
    IReadOnlyDictionary<string, int> ServerErrors
)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public bool IsClean => Findings.Count == 0;

    public static int Count(IEnumerable<Finding> findings, Breach breach) =>
        findings.Count(finding => finding.Breach == breach);

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>As Markdown, to be pasted into docs/guarantees.md.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.AppendLine("| what | how much |").AppendLine("|---|---:|");
        Row("seed", Seed);
        Row("time under faults", Duration);
        Row("Hosts", Hosts);
        Row("through PgBouncer", PgBouncer);
        foreach (var (kind, times) in Faults.OrderBy(fault => fault.Key, StringComparer.Ordinal))
        {
            Row($"fault: {kind}", times);
        }

        Row("faults while another was under way", FaultsMixed);
        foreach (var (kind, why) in FaultsMissing)
        {
            Row($"fault: {kind}", $"not done, {why}");
        }

        Row("starts of Hosts", HostStarts);
        Row("orders acknowledged", OrdersAcknowledged);
        Row("requests acknowledged", RequestsAcknowledged);
        Row("requests refused", RequestsRefused);
        Row("requests without a definite answer, asked again", RequestsUnknown);
        Row("events published", EventsPublished);
        Row("events applied", EventsApplied);
        Row("of these parked for a while", EventsParkedMeanwhile);
        Row("checkpoint moves", CheckpointMoves);
        Row("lanes that went on under another number of lanes", LanesMovedToAnotherNumber);
        Row("**lost**", Lost);
        Row("**doubled**", Doubled);
        Row("**out of order**", OutOfOrder);
        Row("**stuck**", Stuck);
        Row("**untrue otherwise**", Untrue);
        return text.ToString();

        void Row(string what, object howMuch) =>
            text.AppendLine(
                howMuch is IFormattable number
                    ? $"| {what} | {number.ToString("#,0", CultureInfo.InvariantCulture)} |"
                    : $"| {what} | {howMuch} |"
            );
    }
}
