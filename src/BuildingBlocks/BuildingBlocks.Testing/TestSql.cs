using Npgsql;

namespace BuildingBlocks.Testing;

/// <summary>Plain SQL as one database role. Parameters are $1, $2 and so on.</summary>
/// <param name="connections">Signs in as that role.</param>
public sealed class TestSql(NpgsqlDataSource connections)
{
    /// <summary>The role's pool, for what this class does not offer.</summary>
    public NpgsqlDataSource Connections => connections;

    /// <summary>Runs a statement and says how many rows it touched.</summary>
    public async Task<int> Execute(string sql, params object?[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the first row; throws when there is none or it is null.</summary>
    /// <typeparam name="T">What the column holds.</typeparam>
    public async Task<T> Value<T>(string sql, params object?[] parameters)
    {
        var values = await List<T>(sql, parameters);
        return values.Count > 0 ? values[0] : throw new InvalidOperationException($"No row came back from: {sql}");
    }

    /// <summary>The first column of all rows.</summary>
    /// <typeparam name="T">What the column holds; nullable if it may be null.</typeparam>
    public async Task<IReadOnlyList<T>> List<T>(string sql, params object?[] parameters) =>
        [.. (await Rows(sql, parameters)).Select(row => (T)row[0]!)];

    /// <summary>All columns of all rows.</summary>
    public async Task<IReadOnlyList<object?[]>> Rows(string sql, params object?[] parameters)
    {
        List<object?[]> rows = [];
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add([.. row.Select(value => value is DBNull ? null : value)]);
        }

        return rows;
    }

    /// <summary>
    /// The SQLSTATE with which the server refuses a statement, or null when it obeys; what it did is rolled back.
    /// </summary>
    public async Task<string?> Refusal(string sql)
    {
        await using var connection = await connections.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        try
        {
            await using NpgsqlCommand command = new(sql, connection, transaction);
            await command.ExecuteNonQueryAsync();
            return null;
        }
        catch (PostgresException refused)
        {
            return refused.SqlState;
        }
    }

    private NpgsqlCommand Command(string sql, object?[] parameters)
    {
        var command = connections.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter ?? DBNull.Value });
        }

        return command;
    }
}
