using BuildingBlocks.Database.References;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.Database.Verification;

/// <summary>Holds what modules declare of ids that cross the walls against the tables there are.</summary>
internal static class ReferenceChecks
{
    private const string Rule = "reference-unknown";

    public static async Task<IReadOnlyList<Finding>> FindAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<ModuleSchema> modules,
        CancellationToken cancellationToken
    )
    {
        List<Finding> findings = [];
        foreach (var module in modules)
        {
            foreach (var identity in module.Identities)
            {
                await CheckColumnAsync(
                    connection,
                    module,
                    identity.Table,
                    identity.Column,
                    findings,
                    cancellationToken
                );
            }

            foreach (var reference in module.References)
            {
                var type = await CheckColumnAsync(
                    connection,
                    module,
                    reference.Table,
                    reference.Column,
                    findings,
                    cancellationToken
                );
                var owner = modules.FirstOrDefault(one =>
                    string.Equals(one.Name, reference.Module, StringComparison.Ordinal)
                );
                var identity = owner?.Identities.FirstOrDefault(one =>
                    string.Equals(one.Thing, reference.Thing, StringComparison.Ordinal)
                );
                var where = $"{module.Name}.{reference.Table}.{reference.Column}";
                if (identity is null)
                {
                    // A module that does not run in this Host has nothing to say here.
                    if (owner is not null)
                    {
                        findings.Add(
                            new(
                                Rule,
                                where,
                                $"It is declared to refer to {reference.Module}.{reference.Thing}, which nobody "
                                    + "identifies.",
                                $"Correct {module.GetType().Name}, or declare it with Identifies in the module that "
                                    + "owns it."
                            )
                        );
                    }
                }
                else if (
                    type is not null
                    && await TypeAsync(connection, reference.Module, identity.Table, identity.Column, cancellationToken)
                        is { } other
                    && !string.Equals(type, other, StringComparison.Ordinal)
                )
                {
                    findings.Add(
                        new(
                            Rule,
                            where,
                            $"It is of type {type}, but {reference.Module}.{identity.Table}.{identity.Column}, which "
                                + $"it refers to, is of type {other}.",
                            "Give it the same type in a new migration."
                        )
                    );
                }
            }
        }

        return findings;
    }

    private static async Task<string?> CheckColumnAsync(
        NpgsqlConnection connection,
        ModuleSchema module,
        string table,
        string column,
        List<Finding> findings,
        CancellationToken cancellationToken
    )
    {
        var type = await TypeAsync(connection, module.Name, table, column, cancellationToken);
        if (type is null)
        {
            findings.Add(
                new(
                    Rule,
                    $"{module.Name}.{table}.{column}",
                    "The module declares ids there, but there is no such table or column.",
                    $"Correct {module.GetType().Name}, or run 'database migrate'."
                )
            );
        }

        return type;
    }

    private static async Task<string?> TypeAsync(
        NpgsqlConnection connection,
        string schema,
        string table,
        string column,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(IdColumn.TypeOf, connection).With(schema, table, column);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
