using System.Globalization;
using System.Text;
using MigrateIn.Catalog;
using MigrateIn.Planning;

namespace MigrateIn.Tests.Planning;

/// <summary>plan on schemas of random shape, up to 540 tables with 1,647 foreign keys.</summary>
public sealed class GeneratedSchemaTests
{
    [Theory]
    [InlineData(1, 15, 0)]
    [InlineData(2, 40, 90)]
    [InlineData(3, 120, 60)]
    [InlineData(4, 540, 1647)]
    public async Task Every_table_is_owned_or_named_as_undecided(int seed, int tables, int foreignKeys)
    {
        await using var generated = await PlanFixture.CreateAsync(Random(new Random(seed), tables, foreignKeys));

        var output = await generated.PlanAsync();

        await generated.EveryTableHasOnePlaceAsync();
        output.ShouldContain(
            string.Create(CultureInfo.InvariantCulture, $"{tables} tables, {foreignKeys} foreign keys")
        );
    }

    [Fact]
    public async Task A_cut_that_was_planted_is_found_again()
    {
        const int Contexts = 12;
        Random random = new(5);
        StringBuilder sql = new(
            """
            create table country (id int primary key); create table currency (id int primary key);
            create table person (id int primary key);
            """
        );
        Dictionary<string, int> planted = [];
        for (var i = 0; i < 240; i++)
        {
            // Names tell nothing: only foreign keys do.
            var (name, context) = ($"{(char)('a' + (i % 7))}{(char)('a' + (i % 11))}{i}", i % Contexts);
            planted[name] = context;
            var inside = planted
                .Where(one => one.Value == context && !string.Equals(one.Key, name, StringComparison.Ordinal))
                .Select(one => one.Key)
                .ToArray();
            var references =
                inside.Length == 0 ? [] : random.GetItems(inside, 2).Distinct(StringComparer.Ordinal).ToArray();
            var columns = references.Select((to, n) => $", r{n} int references {to}");
            sql.Append(
                CultureInfo.InvariantCulture,
                $"""
                create table {name} (id int primary key{string.Concat(
                    columns
                )}, country int references country, currency int references currency,
                  made_by int references person);
                """
            );
        }

        var all = planted.Keys.ToArray();
        for (var i = 0; i < 40; i++)
        {
            sql.Append(
                CultureInfo.InvariantCulture,
                $"alter table {all[random.Next(all.Length)]} add x{i} int references {all[random.Next(all.Length)]};"
            );
        }

        // Everything refers to it as well, but it is no reference table, since it refers to one that is none.
        sql.Append(CultureInfo.InvariantCulture, $"alter table person add home int references {all[0]};");
        await using var generated = await PlanFixture.CreateAsync(sql.ToString());

        await generated.PlanAsync();

        var ownership = generated.Ownership();
        ownership.Reference.Select(table => table.Name).ShouldBe(["country", "currency"]);
        AdjustedRandIndex
            .Of([
                .. ownership
                    .Owners()
                    .Where(one => planted.ContainsKey(one.Key.Name))
                    .Select(one => (one.Value, planted[one.Key.Name].ToString(CultureInfo.InvariantCulture))),
            ])
            .ShouldBeGreaterThan(0.8);
    }

    private static string Random(Random random, int tables, int foreignKeys)
    {
        StringBuilder sql = new("create schema s0; create schema s1; create schema s2;");
        TableName[] names =
        [
            .. Enumerable
                .Range(0, tables)
                .Select(i => new TableName(
                    $"s{i % 3}",
                    random.Next(5) == 0 ? $"Table {i}" : $"{(char)('a' + random.Next(26))}_{random.Next(40)}_{i}"
                )),
        ];
        var kinds = names.Select(_ => random.Next(4)).ToArray();
        foreach (var (i, name) in names.Index())
        {
            sql.Append(
                kinds[i] switch
                {
                    0 => $"create table {name} (id int, part text, primary key (id, part));",
                    1 => $"create table {name} (id text primary key);",
                    2 => $"create table {name} (id bigint generated always as identity primary key);",
                    _ => $"create table {name} (id int, at timestamptz, unique (id));",
                }
            );
        }

        // Cycles, self-references and several keys between the same two tables come by themselves.
        for (var i = 0; i < foreignKeys; i++)
        {
            var (from, to) = (
                random.Next(tables),
                random.Next(random.Next(2) == 0 ? tables : Math.Max(1, tables / 10))
            );
            var columns = kinds[to] switch
            {
                0 => $"add p{i} int, add q{i} text, add foreign key (p{i}, q{i}) references {names[to]}",
                1 => $"add p{i} text references {names[to]}",
                2 => $"add p{i} bigint references {names[to]} on delete cascade",
                _ => $"add p{i} int references {names[to]} (id) on delete set null deferrable",
            };
            sql.Append(CultureInfo.InvariantCulture, $"alter table {names[from]} {columns};");
        }

        return sql.ToString();
    }
}
