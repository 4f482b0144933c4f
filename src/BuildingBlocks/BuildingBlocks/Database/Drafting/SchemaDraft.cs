using BuildingBlocks.Database.Provisioning;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Migrations;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace BuildingBlocks.Database.Drafting;

/// <summary>
/// What takes a module's schema, as its migrations make it, to its model. PostgreSQL builds both, in a transaction that
/// is rolled back, so that what is compared is what it made of them; and what is drafted was run there, and made the
/// difference empty.
/// </summary>
/// <param name="Sql">A migration; empty when there is nothing to do.</param>
/// <param name="Name">What to call it, after what it changes.</param>
/// <param name="Kept">Constraints, indexes and the like that only the migrations know of, and that stay.</param>
internal sealed record SchemaDraft(string Sql, string Name, IReadOnlyList<string> Kept)
{
    /// <summary>Begins every draft: what a migration with it made, a later draft may take back.</summary>
    private const string Header = "-- Drafted from the model";

    private const string Migrated = "draft_of_migrations";
    private const string Modelled = "draft_of_model";

    /// <summary>Compares migrations with a model. Changes nothing.</summary>
    /// <param name="connection">Of a role that may create schemas.</param>
    /// <param name="migrations">As in <see cref="ModuleMigrations.Of(ModuleSchema)"/>.</param>
    /// <param name="model">The module's DbContext; it needs no connection.</param>
    /// <param name="cancellationToken">Cancels the comparison.</param>
    /// <exception cref="StartupException">A migration fails, or the model has what cannot be drafted.</exception>
    public static async Task<SchemaDraft> OfAsync(
        NpgsqlConnection connection,
        IReadOnlyList<Migration> migrations,
        ModuleDbContext model,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await MakeReferenceAsync(connection, cancellationToken);
        await EnterAsync(connection, Migrated, cancellationToken);
        await SchemaMigrations.ExecuteAsync(connection, MigrationHistory.Create, cancellationToken);
        var foundation = migrations.Where(migration => Is(migration, Migration.BuildingBlocks));
        await ApplyAsync(connection, model.Schema, foundation, cancellationToken);

        // The event log's tables are the building blocks' to migrate; of others the model itself says so.
        var relational = model.GetService<IDesignTimeModel>().Model.GetRelationalModel();
        var others = (await SchemaShape.ReadAsync(connection, cancellationToken))
            .Tables.Select(SchemaShape.Bare)
            .ToHashSet(StringComparer.Ordinal);
        others.UnionWith(relational.Tables.Where(table => table.IsExcludedFromMigrations).Select(table => table.Name));
        var drafted = await ApplyOwnAsync(connection, model.Schema, migrations, cancellationToken);
        var before = (await SchemaShape.ReadAsync(connection, cancellationToken)).Without(others);

        await EnterAsync(connection, Modelled, cancellationToken);
        await MakeAsync(connection, model, cancellationToken);
        var wanted = (await SchemaShape.ReadAsync(connection, cancellationToken)).Without(others);

        SchemaDifference difference = new(before, wanted, Loose(relational), drafted);
        var statements = difference.Statements();
        if (statements.Count == 0)
        {
            return new("", "", difference.Kept);
        }

        const string Advice = "see that it does what is meant, also to the rows there are";
        var sql = $"{Header}; {Advice}.\n\n{string.Join('\n', statements)}\n";
        await EnterAsync(connection, Migrated, cancellationToken);
        await TryAsync(connection, model.Schema, sql, cancellationToken);
        var after = (await SchemaShape.ReadAsync(connection, cancellationToken)).Without(others);
        var left = new SchemaDifference(after, wanted, Loose(relational), drafted).Statements();
        return left.Count == 0
            ? new(sql, NameOf(difference.Subjects), difference.Kept)
            : throw Undrafted(model.Schema, sql, $"it would leave this to do: {string.Join(' ', left)}");
    }

    /// <summary>Migrations may read reference data, which a server that no Host has run on does not have.</summary>
    private static async Task MakeReferenceAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Ask = "select to_regnamespace($1) is null";
        await using var command = new NpgsqlCommand(Ask, connection).With(ReferenceSchema.Name);
        if (await command.ExecuteScalarAsync(cancellationToken) is true)
        {
            await EnterAsync(connection, ReferenceSchema.Name, cancellationToken);
            await ApplyAsync(connection, ReferenceSchema.Title, ReferenceSchema.Migrations, cancellationToken);
        }
    }

    /// <returns>The constraints, indexes and the like that drafts made.</returns>
    private static async Task<IReadOnlySet<string>> ApplyOwnAsync(
        NpgsqlConnection connection,
        string module,
        IReadOnlyList<Migration> migrations,
        CancellationToken cancellationToken
    )
    {
        HashSet<string> drafted = new(StringComparer.Ordinal);
        foreach (var migration in migrations.Where(migration => Is(migration, Migration.Own)))
        {
            var isDraft = migration.Sql.StartsWith(Header, StringComparison.Ordinal);
            var before = isDraft ? Details(await SchemaShape.ReadAsync(connection, cancellationToken)) : [];
            await ApplyAsync(connection, module, [migration], cancellationToken);
            if (isDraft)
            {
                var after = Details(await SchemaShape.ReadAsync(connection, cancellationToken));
                drafted.UnionWith(after.Except(before, StringComparer.Ordinal));
            }
        }

        return drafted;
    }

    private static IEnumerable<string> Details(SchemaShape shape) =>
        [
            .. shape.Constraints.Select(constraint => SchemaDifference.Key(constraint.Table, constraint.Name)),
            .. shape.Indexes.Select(index => SchemaDifference.Key(index.Table, index.Name)),
            .. shape
                .Columns.Where(column => column.Expression is not null)
                .Select(column => SchemaDifference.Key(column.Table, column.Name)),
            .. shape.Columns.Where(column => column.Collation is not null).Select(SchemaDifference.CollationKey),
        ];

    /// <summary>What EF Core adds of its own accord: how a foreign key deletes, and an index for it.</summary>
    private static HashSet<string> Loose(IRelationalModel model) =>
        new(
            from table in model.Tables
            from name in table
                .ForeignKeyConstraints.Where(IsLoose)
                .Select(key => key.Name)
                .Concat(table.Indexes.Where(IsLoose).Select(index => index.Name))
            select SchemaDifference.Key(table.Name, name),
            StringComparer.Ordinal
        );

    private static bool IsLoose(IForeignKeyConstraint key) => key.MappedForeignKeys.All(IsLoose);

    private static bool IsLoose(IForeignKey key) =>
        ((IConventionForeignKey)key).GetDeleteBehaviorConfigurationSource() is not ConfigurationSource.Explicit;

    private static bool IsLoose(ITableIndex index) => index.MappedIndexes.All(IsLoose);

    private static bool IsLoose(IIndex index) =>
        ((IConventionIndex)index).GetConfigurationSource() is ConfigurationSource.Convention;

    private static async Task ApplyAsync(
        NpgsqlConnection connection,
        string whose,
        IEnumerable<Migration> migrations,
        CancellationToken cancellationToken
    )
    {
        foreach (var migration in migrations)
        {
            try
            {
                await SchemaMigrations.ExecuteAsync(connection, migration.Sql, cancellationToken);
            }
            catch (PostgresException failure) when (IsOwn(failure))
            {
                throw MigrationFault.Explain(whose, whose, new(whose, migration, failure));
            }
        }
    }

    private static async Task MakeAsync(
        NpgsqlConnection connection,
        ModuleDbContext model,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await SchemaMigrations.ExecuteAsync(connection, model.Database.GenerateCreateScript(), cancellationToken);
        }
        catch (PostgresException failure) when (IsOwn(failure))
        {
            throw new StartupException(
                $"PostgreSQL cannot make what the model of module {model.Schema} says: {failure.MessageText}. "
                    + "Correct the configuration of its entities.",
                failure
            );
        }
    }

    private static async Task TryAsync(
        NpgsqlConnection connection,
        string module,
        string sql,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await SchemaMigrations.ExecuteAsync(connection, sql, cancellationToken);
        }
        catch (PostgresException failure) when (IsOwn(failure))
        {
            throw Undrafted(module, sql, failure.MessageText);
        }
    }

    private static StartupException Undrafted(string module, string sql, string why) =>
        new(
            $"What takes the schema of module {module} to its model cannot be drafted; write the migration by hand. "
                + $"This was tried ({why}):\n\n{sql}"
        );

    private static string NameOf(IReadOnlyList<string> subjects)
    {
        // An index of the column that is changed is named after it.
        var isOne = subjects.All(subject => subject.StartsWith(subjects[0], StringComparison.Ordinal));
        var letters = isOne ? subjects[0] : "";
        string name = new([.. letters.Where(letter => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_')]);
        return name.Length > 0 ? name : "model_changes";
    }

    /// <summary>Whether it is the statement's own fault, and not one of the server's.</summary>
    private static bool IsOwn(PostgresException failure) =>
        DatabaseFault.Of(failure) is not { Kind: DatabaseFaultKind.Unavailable };

    private static bool Is(Migration migration, string origin) =>
        string.Equals(migration.Origin, origin, StringComparison.Ordinal);

    private static Task EnterAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken) =>
        SchemaMigrations.ExecuteAsync(
            connection,
            $"create schema if not exists {schema}; set local search_path = {schema}",
            cancellationToken
        );
}
