using Npgsql;

namespace BuildingBlocks.EventLog.Consuming;

/// <summary>Where a projection is rebuilt: in the same tables once more, in a schema beside the live one.</summary>
internal static class RebuildTables
{
    /// <summary>The schema, which belongs to the module's owner.</summary>
    public static string SchemaOf(string module) => $"{module}_rebuild";

    /// <summary>The consumer group that reads for a rebuild. No module can have a name with a dot.</summary>
    public static string ConsumerOf(string module) => $"{module}.rebuild";

    /// <summary>Has what a transaction does with the module's tables happen to those that are rebuilt.</summary>
    public static async Task UseAsync(NpgsqlConnection connection, string module, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(
            $"""set local search_path = "{SchemaOf(module)}", "{module}" """,
            connection
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
