namespace BuildingBlocks.Analyzers.Sql;

/// <summary>Which tables statements name, whatever their schema.</summary>
internal sealed partial class SqlNames
{
    private readonly List<SqlRelation> relations = [];
    private readonly HashSet<string> common = new(StringComparer.Ordinal);
    private int statement;

    /// <summary>The relations that a text names, in its order.</summary>
    /// <param name="text">One or more statements, or the body of a routine.</param>
    /// <param name="isBody">Strings in it that are statements are executed later.</param>
    public static IReadOnlyList<SqlRelation> Relations(string text, bool isBody)
    {
        SqlNames names = new(text, offset: 0, isBody, _ => false, _ => false);
        names.Find();
        return names.relations;
    }

    private List<SqlFinding> FindIn(SqlNames inner)
    {
        var findings = inner.Find();
        foreach (var one in inner.relations)
        {
            relations.Add(new(statement + 1 + one.Statement, one.Schema, one.Name, one.Use));
        }

        statement += inner.statement + 2;
        return findings;
    }

    private void Relate(int first, int last)
    {
        var name = tokens[last].Value;
        if (first == last && common.Contains(name))
        {
            return;
        }

        relations.Add(new(statement, first == last ? null : tokens[last - 2].Value, name, UseOf(first)));
    }

    private SqlUse UseOf(int first)
    {
        var i = first - 1;
        while (i > 0 && (tokens[i].IsWord("only") || tokens[i].IsWord("table")))
        {
            i--;
        }

        while (i > 1 && tokens[i].IsSign(",") && tokens[i - 1].IsName)
        {
            i -= 2;
            while (i > 1 && tokens[i].IsSign("."))
            {
                i -= 2;
            }
        }

        return i < 0 ? SqlUse.Read
            : tokens[i].IsWord("truncate") || (i > 0 && tokens[i - 1].IsWord("truncate")) ? SqlUse.Truncated
            : tokens[i].IsWord("copy") ? SqlUse.Copied
            : tokens[i].IsWord("into") || tokens[i].IsWord("update") ? SqlUse.Written
            : i > 0 && tokens[i].IsWord("from") && tokens[i - 1].IsWord("delete") ? SqlUse.Written
            : SqlUse.Read;
    }
}
