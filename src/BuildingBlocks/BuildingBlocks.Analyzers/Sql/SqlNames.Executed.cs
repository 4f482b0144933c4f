namespace BuildingBlocks.Analyzers.Sql;

/// <summary>How a statement is read that is on its way to the database.</summary>
internal sealed partial class SqlNames
{
    private readonly bool isBody;

    private SqlNames(
        string text,
        int offset,
        bool isBody,
        Func<string, bool> isSought,
        Func<string, bool> isSoughtInDoubt
    )
        : this(text, offset, isCertain: true, isSought) =>
        (isExecuted, this.isBody, this.isSoughtInDoubt) = (true, isBody, isSoughtInDoubt);

    /// <summary>
    /// The sought schemas that a statement names on its way to the database. A string in it is a value here, unless it
    /// is executed itself.
    /// </summary>
    /// <param name="text">The whole statement.</param>
    /// <param name="isSought">Whether a schema is one of those looked for, where a name can only be that of a table or
    /// function.</param>
    /// <param name="isSoughtInDoubt">The same where it may be an alias and its column.</param>
    public static IReadOnlyList<SqlFinding> InExecuted(
        string text,
        Func<string, bool> isSought,
        Func<string, bool> isSoughtInDoubt
    ) => new SqlNames(text, offset: 0, isBody: false, isSought, isSoughtInDoubt).Find();

    /// <summary>
    /// A string is code after EXECUTE, DO and AS and in query_to_xml, so is a statement in a body that is code itself;
    /// elsewhere it is a value.
    /// </summary>
    private void Executed(int i)
    {
        var before = i > 0 ? tokens[i - 1] : default;
        var function = i > 1 && before.IsSign("(") && tokens[i - 2].Kind == SqlKind.Word ? tokens[i - 2].Value : "";
        var isCode =
            before.IsWord("execute")
            || before.IsWord("do")
            || before.IsWord("as")
            || function.StartsWith("query_to_xml", StringComparison.Ordinal)
            || (before.IsWord("plpgsql") && tokens[0].IsWord("do"));
        if (isCode || (isBody && SqlEvidence.IsStatement(tokens[i].Value)))
        {
            found.AddRange(
                FindIn(new(tokens[i].Value, offset + tokens[i].Start, isBody: true, isSought, isSoughtInDoubt))
            );
        }
    }
}
