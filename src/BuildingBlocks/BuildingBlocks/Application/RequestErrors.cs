namespace BuildingBlocks.Application;

/// <summary>Refusals that any request can meet, whatever its module.</summary>
internal static class RequestErrors
{
    public static Error ChangedMeanwhile { get; } =
        Error.Conflict(
            "request.changed-meanwhile",
            "Somebody else changed this at the same time. Read it again and repeat the request."
        );

    public static Error Invalid(IReadOnlyDictionary<string, List<string>> faults) =>
        Error.Invalid("request.invalid", "The request has invalid fields; see errors.") with
        {
            Fields = faults.ToDictionary(fault => fault.Key, fault => fault.Value.ToArray(), StringComparer.Ordinal),
        };
}
