using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildingBlocks.Testing.Documentation;

/// <summary>
/// What tables, roles and grants come to, said once for all modules in which it is the same. Whatever one module has
/// beyond that stands in a row of its own.
/// </summary>
internal sealed partial class RolesAndGrants
{
    private const string Module = "<module>";

    private static readonly Comparer<string[]> Rows = Comparer<string[]>.Create(
        (one, other) => string.CompareOrdinal(string.Join('|', one), string.Join('|', other))
    );

    private readonly DatabaseFacts facts;
    private readonly string[] modules;
    private readonly HashSet<string> everywhere;

    public RolesAndGrants(DatabaseFacts facts, IEnumerable<string> modules)
    {
        (this.facts, this.modules) = (facts, [.. modules.Order(StringComparer.Ordinal)]);
        everywhere = this
            .modules.Select(TablesOf)
            .Aggregate((one, other) => [.. one.Intersect(other, StringComparer.Ordinal)])
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The tables of the event log, which every module's schema has.</summary>
    public IEnumerable<string> Everywhere => everywhere.Order(StringComparer.Ordinal);

    /// <summary>Schema, owner, tables.</summary>
    public IEnumerable<string[]> TableRows() =>
        (
            from table in facts.Tables
            where
                !(
                    modules.Contains(table.Schema, StringComparer.Ordinal)
                    && everywhere.Contains(table.Name)
                    && IsOwner(table)
                )
            group table.Name by (table.Schema, table.Owner) into owned
            select new[] { Code(owned.Key.Schema), Code(owned.Key.Owner), Codes(owned) }
        ).Order(Rows);

    /// <summary>Role, of which modules, rights, memberships, connections, settings.</summary>
    public IEnumerable<string[]> RoleRows() =>
        facts
            .Roles.GroupBy(RoleCells, StringComparer.Ordinal)
            .Select(same => (Cells: same.Key.Split('|'), Of: Named(same.Select(role => ModuleOf(role.Name)))))
            .Select(row => new[] { row.Cells[0], row.Of, row.Cells[1], row.Cells[2], row.Cells[3], row.Cells[4] })
            .Order(Rows);

    /// <summary>Role, of which modules, privileges, on what.</summary>
    public IEnumerable<string[]> GrantRows() =>
        (
            from line in facts.Grants.GroupBy(grant => (grant.Role, grant.Kind, grant.Schema)).SelectMany(GrantLines)
            group line.Module by (line.Role, line.Privileges, line.On) into same
            select new[] { Code(same.Key.Role), Named(same), same.Key.Privileges, same.Key.On }
        ).Order(Rows);

    private string RoleCells(RoleFact role)
    {
        var module = ModuleOf(role.Name);
        return string.Join(
            '|',
            Code(General(role.Name, module)),
            role.Rights,
            role.MemberOf.Length == 0 ? "no other" : role.MemberOf,
            role.Connections.ToString(CultureInfo.InvariantCulture),
            Code(Settings(role, module))
        );
    }

    private IEnumerable<(string Module, string Role, string Privileges, string On)> GrantLines(
        IGrouping<(string Role, string Kind, string Schema), GrantFact> grants
    )
    {
        var (role, kind, schema) = grants.Key;
        var module = ModuleOf(role);
        var place = General(schema, module);
        var byPrivileges = grants
            .GroupBy(grant => grant.Name, StringComparer.Ordinal)
            .GroupBy(
                one =>
                    string.Join(
                        ", ",
                        one.Select(grant => grant.Privilege.ToUpperInvariant())
                            .Distinct(StringComparer.Ordinal)
                            .Order(StringComparer.Ordinal)
                    ),
                one => one.Key,
                StringComparer.Ordinal
            );
        foreach (var same in byPrivileges)
        {
            foreach (
                var on in kind is "table"
                    ? Tables(schema, place, [.. same])
                    : same.Select(name => Other(kind, place, name))
            )
            {
                yield return (module, General(role, module), same.Key, on);
            }
        }
    }

    private static string Other(string kind, string place, string name) =>
        kind switch
        {
            "database" => "the database",
            "schema" => $"schema {Code(place)}",
            _ => $"{kind} {Code(name)} in schema {Code(place)}",
        };

    private IEnumerable<string> Tables(string schema, string place, string[] names)
    {
        var isModule = modules.Contains(schema, StringComparer.Ordinal);
        var own = TablesOf(schema).Where(name => !isModule || !everywhere.Contains(name)).ToArray();
        var log = names.Where(name => isModule && everywhere.Contains(name)).ToArray();
        if (log.Length > 0)
        {
            yield return $"{Codes(log)} in schema {Code(place)}";
        }

        var rest = names.Except(log, StringComparer.Ordinal).ToArray();
        if (rest.Length > 0)
        {
            yield return rest.ToHashSet(StringComparer.Ordinal).SetEquals(own)
                ? $"all {(isModule ? "other " : "")}tables in schema {Code(place)}"
                : $"{Codes(rest)} in schema {Code(place)}";
        }
    }

    private string[] TablesOf(string schema) =>
        [
            .. facts
                .Tables.Where(table => string.Equals(table.Schema, schema, StringComparison.Ordinal))
                .Select(table => table.Name),
        ];

    private static bool IsOwner(TableFact table) =>
        string.Equals(table.Owner, $"{DatabaseFacts.Prefix}_{table.Schema}_owner", StringComparison.Ordinal);

    private static string ModuleOf(string role) =>
        Role().Match(role) is { Success: true } match ? match.Groups["module"].Value : "";

    private string General(string name, string module) =>
        modules.Contains(module, StringComparer.Ordinal)
            ? Regex.Replace(
                name,
                $@"(?<![a-z]){module}(?=$|_owner$|_app$|_rebuild$)",
                Module,
                RegexOptions.None,
                TimeSpan.FromSeconds(1)
            )
            : name;

    private string Settings(RoleFact role, string module) =>
        modules.Contains(module, StringComparer.Ordinal)
            ? role
                .Settings.Replace($"search_path={module}", $"search_path={Module}", StringComparison.Ordinal)
                .Replace($"search_path=\"{module}\"", $"search_path={Module}", StringComparison.Ordinal)
            : role.Settings;

    private string Named(IEnumerable<string> which)
    {
        var named = which.ToHashSet(StringComparer.Ordinal);
        return named.SetEquals(modules)
            ? "every module"
            : string.Join(", ", named.Order(StringComparer.Ordinal).Select(Code));
    }

    private static string Code(string text) => text.Length == 0 ? "" : $"`{text}`";

    private static string Codes(IEnumerable<string> names) =>
        string.Join(", ", names.Order(StringComparer.Ordinal).Select(Code));

    [GeneratedRegex(
        "^" + DatabaseFacts.Prefix + "_(?<module>[a-z0-9_]+)_(owner|app)$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Role();
}
