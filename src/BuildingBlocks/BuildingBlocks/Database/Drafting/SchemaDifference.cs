using System.Globalization;

namespace BuildingBlocks.Database.Drafting;

/// <summary>
/// The statements that take one shape to another. Tables and columns come out as the model has them. Of constraints,
/// indexes, defaults, collations and generated columns the model need not know all: those that only the migrations know
/// of stay, unless a draft made them.
/// </summary>
/// <param name="migrated">What the migrations make.</param>
/// <param name="model">What the model says.</param>
/// <param name="loose">What EF Core added to the model by itself, and the database may have in another way.</param>
/// <param name="drafted">What drafts made of those; as <see cref="Key"/> has it.</param>
internal sealed class SchemaDifference(
    SchemaShape migrated,
    SchemaShape model,
    IReadOnlySet<string> loose,
    IReadOnlySet<string> drafted
)
{
    private readonly List<string> dropped = [];
    private readonly List<string> made = [];
    private readonly List<string> changed = [];
    private readonly List<string> added = [];
    private readonly List<string> referring = [];
    private readonly List<string> kept = [];
    private readonly List<string> subjects = [];

    /// <summary>What only the migrations know of.</summary>
    public IReadOnlyList<string> Kept => kept;

    /// <summary>What is changed, as names: a table, or a table and a column.</summary>
    public IReadOnlyList<string> Subjects => subjects;

    /// <summary>Names a constraint, an index, or what a column's values come from.</summary>
    public static string Key(string table, string name) => $"{SchemaShape.Bare(table)}.{SchemaShape.Bare(name)}";

    /// <summary>Names the collation of a column.</summary>
    public static string CollationKey(ColumnShape column) => Key(column.Table, $"{column.Name} collation");

    /// <summary>In the order they run; none when there is no difference.</summary>
    public IReadOnlyList<string> Statements()
    {
        foreach (var table in model.Tables.Except(migrated.Tables, StringComparer.Ordinal))
        {
            Make(table);
        }

        foreach (var table in model.Tables.Intersect(migrated.Tables, StringComparer.Ordinal))
        {
            Change(table);
        }

        string[] gone = [.. migrated.Tables.Except(model.Tables, StringComparer.Ordinal)];
        subjects.AddRange(gone);
        var renamed = made.Count == 0 ? "" : " If one of them has another name now: alter table <old> rename to <new>.";
        string[] lost = gone.Length == 0 ? [] : [$"-- Loses the rows.{renamed}\ndrop table {string.Join(", ", gone)};"];
        return [.. dropped, .. made, .. changed, .. added, .. referring, .. lost];
    }

    private void Make(string table)
    {
        subjects.Add(table);
        var columns = model.Columns.Where(column => Is(column.Table, table)).ToArray();
        var (name, type) = (columns.Max(column => column.Name.Length), columns.Max(column => column.Type.Length));
        var lines = columns
            .Select(column => $"{column.Name.PadRight(name)} {column.Type.PadRight(type)}{Rest(column)}".TrimEnd())
            .ToList();
        foreach (var constraint in model.Constraints.Where(constraint => Is(constraint.Table, table)))
        {
            // What refers to a table that is made later comes after it.
            if (constraint.Referenced is not { } referenced || Is(referenced, table) || Has(migrated, referenced))
            {
                lines.Add($"constraint {constraint.Name} {constraint.Definition}");
            }
            else
            {
                Add(constraint);
            }
        }

        var indexes = model.Indexes.Where(index => Is(index.Table, table)).ToArray();
        var unique = indexes.Where(index => index.IsConstraint);
        lines.AddRange(unique.Select(index => $"constraint {index.Name} unique {index.Definition}"));
        made.Add($"create table {table} (\n  {string.Join(",\n  ", lines)}\n);");
        made.AddRange(indexes.Where(index => !index.IsConstraint).Select(Create));
    }

    private void Change(string table)
    {
        List<string> parts = [];
        List<string> notes = [];
        List<string> after = [];
        var (before, wanted) = (ColumnsOf(migrated, table), ColumnsOf(model, table));
        foreach (var column in wanted.Values)
        {
            var unchanged = parts.Count;
            if (!before.TryGetValue(column.Name, out var present))
            {
                AddColumn(column, parts, notes, after);
            }
            else if (column.Generated is { } generated && !Is(present.Generated, generated))
            {
                notes.Add($"-- What {column.Name} is generated from cannot be changed, so it is made anew.");
                parts.Add($"drop column {column.Name}");
                after.Add($"alter table {table} add column {Defined(column)};");
            }
            else
            {
                ChangeColumn(present, column, parts, notes);
            }

            if (parts.Count > unchanged)
            {
                subjects.Add($"{table}_{column.Name}");
            }
        }

        foreach (var column in before.Values.Where(column => !wanted.ContainsKey(column.Name)))
        {
            if (column.IsGenerated && Stays(Key(table, column.Name), $"{table}.{column.Name}"))
            {
                continue;
            }

            var found = wanted.Values.Where(one => !before.ContainsKey(one.Name));
            notes.Add($"-- Loses what is in {column.Name}.{Renamed(column, found)}");
            parts.Add($"drop column {column.Name}");
            subjects.Add($"{table}_{column.Name}");
        }

        if (parts.Count > 0)
        {
            var separator = parts.Count == 1 ? " " : "\n  ";
            notes.Add($"alter table {table}{separator}{string.Join(",\n  ", parts)};");
            changed.Add(string.Join('\n', notes));
        }

        changed.AddRange(after);
        ChangeConstraints(table);
        ChangeIndexes(table);
    }

    private static void AddColumn(ColumnShape column, List<string> parts, List<string> notes, List<string> after)
    {
        if (!column.IsRequired || column.Expression is not null || column.Identity.Length > 0)
        {
            parts.Add($"add column {Defined(column)}");
        }
        else if (ValueOfExistingRows(column) is { } value)
        {
            notes.Add($"-- Existing rows get {value} as {column.Name}; put in what is true of them.");
            parts.Add($"add column {Defined(column)} default {value}");
            after.Add($"alter table {column.Table} alter column {column.Name} drop default;");
        }
        else
        {
            notes.Add($"-- Fails where there are rows already: give them a value as {column.Name}.");
            parts.Add($"add column {Defined(column)}");
        }
    }

    private void ChangeColumn(ColumnShape present, ColumnShape wanted, List<string> parts, List<string> notes)
    {
        var column = wanted.Name;
        var source = $"what {wanted.Table}.{column} is generated from";
        if (present.IsGenerated && !wanted.IsGenerated && !Stays(Key(wanted.Table, column), source))
        {
            parts.Add($"alter column {column} drop expression");
        }

        ChangeType(present, wanted, parts, notes);
        if (wanted.IsRequired && !present.IsRequired)
        {
            notes.Add($"-- Fails where {column} is null: give those rows a value first.");
            parts.Add($"alter column {column} set not null");
        }

        if (present.Identity.Length > 0 && wanted.Identity.Length == 0)
        {
            parts.Add($"alter column {column} drop identity");
        }

        // After identity, which a column must not have while it may be null.
        if (!wanted.IsRequired && present.IsRequired && !present.IsGenerated)
        {
            parts.Add($"alter column {column} drop not null");
        }

        if (wanted.Identity.Length > 0 && present.Identity.Length == 0 && !IsSerial(present))
        {
            parts.Add($"alter column {column} add generated {Identity(wanted)}");
        }
        else if (Is(wanted.Identity, "a") && Is(present.Identity, "d"))
        {
            parts.Add($"alter column {column} set generated always");
        }

        ChangeDefault(present, wanted, parts);
    }

    private void ChangeType(ColumnShape present, ColumnShape wanted, List<string> parts, List<string> notes)
    {
        var isOfType = Is(present.Type, wanted.Type);
        var isOnlyMigrated = wanted.Collation is null && present.Collation is not null && wanted.Category == 'S';
        var collation =
            isOnlyMigrated && Stays(CollationKey(wanted), $"collation of {wanted.Table}.{wanted.Name}")
                ? present.Collation
                : wanted.Collation;
        if (!isOfType)
        {
            notes.Add($"-- Fails where {wanted.Name} has what is no {wanted.Type}.");
        }

        if (!isOfType || !Is(present.Collation, collation))
        {
            var collate = collation is null ? "" : $" collate {collation}";
            var conversion = isOfType ? "" : $" using {wanted.Name}::{wanted.Type}";
            parts.Add($"alter column {wanted.Name} type {wanted.Type}{collate}{conversion}");
        }
    }

    /// <summary>An identity as PostgreSQL had it before there were any.</summary>
    private static bool IsSerial(ColumnShape column) =>
        column.Default?.StartsWith("nextval(", StringComparison.Ordinal) ?? false;

    private void ChangeDefault(ColumnShape present, ColumnShape wanted, List<string> parts)
    {
        if (wanted.Default is { } value && !Is(present.Default, value))
        {
            parts.Add($"alter column {wanted.Name} set default {value}");
        }
        else if (wanted.Default is null && present.Default is not null)
        {
            if (Stays(Key(wanted.Table, wanted.Name), $"default of {wanted.Table}.{wanted.Name}"))
            {
                return;
            }

            parts.Add($"alter column {wanted.Name} drop default");
        }
    }

    private void ChangeConstraints(string table)
    {
        var present = migrated.Constraints.Where(constraint => Is(constraint.Table, table)).ToArray();
        var wanted = model.Constraints.Where(constraint => Is(constraint.Table, table)).ToArray();
        HashSet<ConstraintShape> replaced = [];
        foreach (var constraint in wanted.Where(constraint => !Array.Exists(present, one => IsMet(constraint, one))))
        {
            replaced.UnionWith(present.Where(one => StandsFor(constraint, one)));
            Add(constraint);
            subjects.Add(constraint.Name);
        }

        foreach (var constraint in present.Where(one => !Array.Exists(wanted, constraint => IsMet(constraint, one))))
        {
            // A table cannot go before what refers to it.
            var loses = constraint.Referenced is { } referenced && !Has(model, referenced);
            if (replaced.Contains(constraint) || loses || !Stays(Key(table, constraint.Name), constraint.Name))
            {
                dropped.Add(Drop(constraint));
                subjects.Add(constraint.Name);
            }
        }
    }

    private static bool StandsFor(ConstraintShape wanted, ConstraintShape present) =>
        Is(wanted.Name, present.Name)
        || (
            wanted.Kind == present.Kind
            && wanted.Kind switch
            {
                'p' => true,
                'f' => Is(wanted.Reference, present.Reference),
                _ => false,
            }
        );

    private bool IsMet(ConstraintShape wanted, ConstraintShape present) =>
        (wanted.Kind, present.Kind) switch
        {
            ('f', 'f') when loose.Contains(Key(wanted.Table, wanted.Name)) => Is(wanted.Reference, present.Reference),
            ('c', 'c') => Is(wanted.Name, present.Name) && Is(wanted.Definition, present.Definition),
            _ => wanted.Kind == present.Kind && Is(wanted.Definition, present.Definition),
        };

    private void ChangeIndexes(string table)
    {
        var present = migrated.Indexes.Where(index => Is(index.Table, table)).ToArray();
        var wanted = model.Indexes.Where(index => Is(index.Table, table)).ToArray();
        HashSet<string> replaced = new(StringComparer.Ordinal);
        var missing = wanted.Where(index => !Array.Exists(present, one => IsMet(index, one)) && !IsCovered(index));
        foreach (var index in missing)
        {
            replaced.Add(index.Name);
            added.Add(Create(index));
            subjects.Add(index.Name);
        }

        foreach (var index in present.Where(one => !Array.Exists(wanted, index => IsMet(index, one))))
        {
            if (replaced.Contains(index.Name) || !Stays(Key(table, index.Name), index.Name))
            {
                dropped.Add(Drop(index));
                subjects.Add(index.Name);
            }
        }
    }

    private static bool IsMet(IndexShape wanted, IndexShape present) =>
        wanted.IsUnique == present.IsUnique && Is(wanted.Definition, present.Definition);

    /// <summary>An index that EF Core adds for a foreign key is none where another begins with its columns.</summary>
    private bool IsCovered(IndexShape index)
    {
        var columns = $"{index.Definition.TrimEnd(')')},";
        var others = migrated.Leading[index.Table].Select(all => $"({string.Join(", ", all)},");
        return loose.Contains(Key(index.Table, index.Name))
            && !index.IsUnique
            && others.Any(other => other.StartsWith(columns, StringComparison.Ordinal));
    }

    private bool Stays(string key, string what)
    {
        if (drafted.Contains(key))
        {
            return false;
        }

        kept.Add(what);
        return true;
    }

    /// <summary>It may have been renamed, which the model does not show.</summary>
    private static string Renamed(ColumnShape lost, IEnumerable<ColumnShape> found) =>
        string.Concat(
            found
                .Where(column => Is(column.Type, lost.Type))
                .Select(column => $" If it is called {column.Name} now: rename column {lost.Name} to {column.Name}.")
        );

    private static Dictionary<string, ColumnShape> ColumnsOf(SchemaShape shape, string table) =>
        shape
            .Columns.Where(column => Is(column.Table, table))
            .ToDictionary(column => column.Name, StringComparer.Ordinal);

    private static string Defined(ColumnShape column) => $"{column.Name} {column.Type}{Rest(column)}";

    private static string Rest(ColumnShape column) =>
        string.Concat(
            column.Collation is { } collation ? $" collate {collation}" : "",
            column.IsRequired ? " not null" : "",
            column.Default is { } value ? $" default {value}" : "",
            column.Generated is { } generated ? $" generated always as ({generated}) stored" : "",
            column.Identity.Length > 0 ? $" generated {Identity(column)}" : ""
        );

    private static string Identity(ColumnShape column) =>
        $"{(Is(column.Identity, "a") ? "always" : "by default")} as identity";

    // What .NET has where nothing was said, as EF Core would put it.
    private static string? ValueOfExistingRows(ColumnShape column) =>
        (column.Category, column.Type) switch
        {
            ('A', _) => "'{}'",
            ('B', _) => "false",
            ('N', _) => "0",
            ('S', _) => "''",
            ('D', "time without time zone") => "'00:00'",
            ('D', "time with time zone") => "'00:00+00'",
            ('D', _) => "'-infinity'",
            ('T', _) => "'0'",
            (_, "uuid") => string.Create(CultureInfo.InvariantCulture, $"'{Guid.Empty}'"),
            (_, "bytea") => "''",
            (_, "json" or "jsonb") => "'{}'",
            _ => null,
        };

    private static string Create(IndexShape index) =>
        index.IsConstraint
            ? $"alter table {index.Table} add constraint {index.Name} unique {index.Definition};"
            : $"create {(index.IsUnique ? "unique " : "")}index {index.Name} on {index.Table} {index.Definition};";

    private static string Drop(IndexShape index) =>
        index.IsConstraint ? $"alter table {index.Table} drop constraint {index.Name};" : $"drop index {index.Name};";

    // What is referred to has its key by then.
    private void Add(ConstraintShape constraint) =>
        (constraint.Kind == 'f' ? referring : added).Add(
            $"alter table {constraint.Table} add constraint {constraint.Name} {constraint.Definition};"
        );

    private static string Drop(ConstraintShape constraint) =>
        $"alter table {constraint.Table} drop constraint {constraint.Name};";

    private static bool Has(SchemaShape shape, string table) => shape.Tables.Contains(table, StringComparer.Ordinal);

    private static bool Is(string? one, string? other) => string.Equals(one, other, StringComparison.Ordinal);
}
