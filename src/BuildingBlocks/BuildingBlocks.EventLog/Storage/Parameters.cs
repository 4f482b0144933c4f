using Npgsql;
using NpgsqlTypes;

namespace BuildingBlocks.EventLog.Storage;

/// <summary>Positional parameters for hand-written SQL.</summary>
internal static class Parameters
{
    /// <summary>Adds the values as $1, $2 and so on after those already there. A null is a null of type text.</summary>
    public static NpgsqlCommand With(this NpgsqlCommand command, params ReadOnlySpan<object?> values)
    {
        command.Parameters.With(values);
        return command;
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
