using Npgsql;
using NpgsqlTypes;

namespace BuildingBlocks.EventLog.Storage;

/// <summary>Hand-written SQL with positional parameters.</summary>
internal static class Parameters
{
    /// <summary>Adds the values as $1, $2 and so on after those already there. A null is a null of type text.</summary>
    public static NpgsqlCommand With(this NpgsqlCommand command, params ReadOnlySpan<object?> values)
    {
        command.Parameters.With(values);
        return command;
    }

    /// <summary>Executes a statement with the values as $1, $2 and so on.</summary>
    /// <returns>How many rows it changed; -1 when it is none that changes rows.</returns>
    public static async Task<int> ExecuteAsync(
        this NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken,
        params object?[] values
    )
    {
        await using var command = new NpgsqlCommand(sql, connection).With(values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Adds the values as $1, $2 and so on after those already there. A null is a null of type text.</summary>
    public static void With(this NpgsqlParameterCollection parameters, params ReadOnlySpan<object?> values)
    {
        foreach (var value in values)
        {
            parameters.Add(
                value is null
                    ? new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }
                    : new() { Value = value }
            );
        }
    }
}
