namespace BuildingBlocks.Analyzers.Sql;

/// <summary>How SQL is read that puts SQL together.</summary>
internal sealed partial class SqlNames
{
    /// <summary>
    /// A piece of SQL that is put together, as in <c>execute 'delete from ' || 'inventory.stock_levels'</c>, or what
    /// <c>format</c> is to take for a name.
    /// </summary>
    private bool IsPiece(int i, string text)
    {
        if (!isCertain || SqlToken.Read(text) is not [{ IsName: true } first, ..] name || !isSought(first.Value))
        {
            return false;
        }

        if ((i > 0 && tokens[i - 1].IsSign("|")) || (i + 1 < tokens.Count && tokens[i + 1].IsSign("|")))
        {
            return name.Count > 1 ? name[1].IsSign(".") : i + 3 < tokens.Count && tokens[i + 3].Value is ['.', ..];
        }

        var start = i;
        while (start > 0 && (tokens[start].Kind == SqlKind.Text || tokens[start].IsSign(",")))
        {
            start--;
        }

        return name.Count == 1
            && start > 0
            && tokens[start].IsSign("(")
            && tokens[start - 1].IsWord("format")
            && tokens[start + 1].Value.Contains("%I.");
    }
}
