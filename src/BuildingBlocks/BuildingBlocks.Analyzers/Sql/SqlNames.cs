namespace BuildingBlocks.Analyzers.Sql;

/// <summary>
/// Finds where SQL names one of some schemas. It does not parse SQL; it knows in which places a name with a dot is a
/// table or function in a schema (after FROM, JOIN, INTO, UPDATE and the like, or before a parenthesis), and takes it
/// for alias and column elsewhere when the text declares such an alias.
/// </summary>
internal sealed partial class SqlNames
{
    private static readonly HashSet<string> RelationWords = new(StringComparer.Ordinal)
    {
        "join",
        "into",
        "table",
        "references",
        "truncate",
        "view",
        "copy",
        "lock",
        "inherits",
        "sequence",
        "function",
        "procedure",
        "call",
    };

    private static readonly HashSet<string> ListEnds = new(StringComparer.Ordinal)
    {
        "where",
        "group",
        "order",
        "having",
        "window",
        "limit",
        "offset",
        "fetch",
        "for",
        "union",
        "intersect",
        "except",
        "returning",
        "set",
        "select",
        "values",
    };

    /// <summary>Words that may stand between a relation's keyword and its name.</summary>
    private static readonly HashSet<string> Fillers = new(StringComparer.Ordinal)
    {
        "if",
        "not",
        "exists",
        "only",
        "lateral",
        "concurrently",
        "table",
    };

    private static readonly HashSet<string> NoAlias = new(StringComparer.Ordinal)
    {
        "on",
        "using",
        "join",
        "left",
        "right",
        "full",
        "inner",
        "cross",
        "natural",
        "set",
        "as",
        "when",
        "default",
        "add",
        "drop",
        "alter",
        "rename",
        "from",
        "to",
    };

    private static readonly HashSet<string> CatalogColumns = new(StringComparer.Ordinal)
    {
        "schemaname",
        "table_schema",
        "nspname",
        "schema_name",
        "routine_schema",
        "constraint_schema",
        "sequence_schema",
        "specific_schema",
    };

    private static readonly HashSet<string> NameFunctions = new(StringComparer.Ordinal)
    {
        "nextval",
        "currval",
        "setval",
        "to_regclass",
        "to_regproc",
        "to_regprocedure",
        "to_regtype",
        "pg_relation_size",
        "pg_total_relation_size",
        "pg_table_size",
        "pg_get_serial_sequence",
        "row_security_active",
        "table_to_xml",
        "table_to_xmlschema",
        "table_to_xml_and_xmlschema",
        "has_table_privilege",
        "has_any_column_privilege",
        "has_column_privilege",
        "has_sequence_privilege",
        "has_function_privilege",
        "has_type_privilege",
        "pg_get_viewdef",
        "pg_get_functiondef",
        "pg_get_indexdef",
        "pg_get_triggerdef",
        "pg_get_constraintdef",
        "pg_get_ruledef",
        "pg_indexes_size",
        "pg_relation_filepath",
        "pg_relation_filenode",
        "pg_relation_is_updatable",
        "pg_sequence_last_value",
        "pg_prewarm",
    };

    /// <summary>Functions that take the name of a schema in a string.</summary>
    private static readonly HashSet<string> SchemaFunctions = new(StringComparer.Ordinal)
    {
        "schema_to_xml",
        "schema_to_xmlschema",
        "schema_to_xml_and_xmlschema",
        "has_schema_privilege",
        "to_regnamespace",
    };

    /// <summary>Words that lead to a type or a function, which an alias never is.</summary>
    private static readonly HashSet<string> TypeWords = new(StringComparer.Ordinal)
    {
        "as",
        "returns",
        "setof",
        "of",
        "type",
        "domain",
        "collate",
    };

    private readonly List<SqlToken> tokens;
    private readonly Func<string, bool> isSought;
    private readonly Func<string, bool> isSoughtInDoubt;
    private readonly List<SqlFinding> found = [];
    private readonly List<(SqlFinding Finding, string First)> undecided = [];
    private readonly HashSet<string> declared = new(StringComparer.Ordinal);
    private readonly Stack<Frame> frames = new();
    private readonly bool isCertain;
    private readonly bool isExecuted;
    private readonly int offset;
    private Frame frame;
    private bool hasRelation;

    private SqlNames(string text, int offset, bool isCertain, Func<string, bool> isSought)
    {
        tokens = SqlToken.Read(text);
        (this.offset, this.isCertain, this.isSought, isSoughtInDoubt) = (offset, isCertain, isSought, isSought);
    }

    /// <summary>The sought schemas that a text names.</summary>
    /// <param name="text">SQL, or, when that is not certain, any string.</param>
    /// <param name="isCertain">The text is known to be sent to the database.</param>
    /// <param name="isSought">Whether a schema is one of those looked for.</param>
    public static IReadOnlyList<SqlFinding> In(string text, bool isCertain, Func<string, bool> isSought) =>
        isCertain || SqlEvidence.IsSql(text) ? new SqlNames(text, offset: 0, isCertain, isSought).Find() : [];

    private List<SqlFinding> Find()
    {
        for (var i = 0; i < tokens.Count; )
        {
            i = tokens[i].Kind switch
            {
                SqlKind.Word or SqlKind.Quoted => Name(i),
                SqlKind.Text => Text(i),
                SqlKind.Code => Code(i),
                _ => Sign(i),
            };
        }

        // Without a table in sight the text is a piece of a statement, and whose alias it uses stands elsewhere.
        if (hasRelation)
        {
            found.AddRange(undecided.Where(one => !declared.Contains(one.First)).Select(one => one.Finding));
        }

        return found;
    }

    private int Sign(int i)
    {
        var sign = tokens[i].Value;
        if (sign is "(")
        {
            frames.Push(frame);
            frame = new() { ExpectsRelation = frame.ExpectsRelation, InList = frame.ExpectsRelation };
            AliasBefore(i);
        }
        else if (sign is ")")
        {
            frame = frames.Count > 0 ? frames.Pop() : new();
            frame.ExpectsRelation = false;
            if (i + 1 < tokens.Count && tokens[i + 1].IsName)
            {
                declared.Add(tokens[i + 1].Value);
            }
        }
        else if (sign is ",")
        {
            frame.ExpectsRelation = frame.InList;
        }
        else if (sign is ";")
        {
            frame = new();
            frames.Clear();
            statement++;
        }
        else if (isExecuted && sign is not ".")
        {
            // A column may be called view or lock; what follows an operator is no table.
            frame.ExpectsRelation = false;
        }

        return i + 1;
    }

    /// <summary>A name before AS and a parenthesis is that of a common table expression.</summary>
    private void AliasBefore(int open)
    {
        var i = open - 1;
        if (i >= 0 && tokens[i].IsWord("materialized"))
        {
            i -= i > 0 && tokens[i - 1].IsWord("not") ? 2 : 1;
        }

        if (i > 0 && tokens[i].IsWord("as") && tokens[i - 1].IsName)
        {
            declared.Add(tokens[i - 1].Value);
            common.Add(tokens[i - 1].Value);
        }
    }

    private int Name(int i)
    {
        if (IsSchemaOfOperator(i))
        {
            found.Add(Finding(tokens[i].Value, i, i + 2));
            return i + 3;
        }

        var last = i;
        while (
            last + 2 < tokens.Count
            && tokens[last + 1].IsSign(".")
            && tokens[last + 2].IsName
            && (isCertain || tokens[last].End + 1 == tokens[last + 2].Start)
        )
        {
            last += 2;
        }

        if (last == i)
        {
            return Single(i);
        }

        Qualified(i, last);
        frame.ExpectsRelation = false;
        return last + 1;
    }

    /// <summary>In operator(a.+) a schema stands before a sign.</summary>
    private bool IsSchemaOfOperator(int i) =>
        i > 1
        && i + 2 < tokens.Count
        && tokens[i - 1].IsSign("(")
        && tokens[i - 2].IsWord("operator")
        && tokens[i + 1].IsSign(".")
        && !tokens[i + 2].IsName
        && isSought(tokens[i].Value);

    private void Qualified(int first, int last)
    {
        var schema = tokens[first];
        var isCall = last + 1 < tokens.Count && tokens[last + 1].IsSign("(");
        if (frame.ExpectsRelation)
        {
            hasRelation = true;
            Relate(first, last);
            declared.Add(tokens[last].Value);
            AliasAfter(last);
            if (last - first >= 4 && isSought(tokens[first + 2].Value))
            {
                schema = tokens[first + 2];
            }
        }

        var isDecided = frame.ExpectsRelation || isCall || last - first >= 4 || IsType(first, last);
        var sought = isDecided ? isSought : isSoughtInDoubt;
        if (
            !sought(schema.Value)
            || (!isCertain && SqlEvidence.IsFile(tokens[last].Value))
            || IsColumnOfTable(first, last)
        )
        {
            return;
        }

        var finding = Finding(schema.Value, first, last);
        if (isDecided)
        {
            found.Add(finding);
        }
        else
        {
            undecided.Add((finding, tokens[first].Value));
        }
    }

    /// <summary>x::a.b, cast(x as a.b), returns a.b and a.b%ROWTYPE name a type or a table's row.</summary>
    private bool IsType(int first, int last) =>
        (
            first > 0
            && (
                tokens[first - 1].IsSign("::")
                || (tokens[first - 1].Kind == SqlKind.Word && TypeWords.Contains(tokens[first - 1].Value))
            )
        ) || IsRowType(last);

    private bool IsRowType(int last) =>
        last + 2 < tokens.Count && tokens[last + 1].IsSign("%") && tokens[last + 2].IsWord("rowtype");

    /// <summary>
    /// COMMENT ON COLUMN a.b, OWNED BY a.b and a.b%TYPE name a column of a table; with three parts, a schema too.
    /// </summary>
    private bool IsColumnOfTable(int first, int last) =>
        last - first == 2
        && (
            (first > 0 && tokens[first - 1].IsWord("column"))
            || (first > 1 && tokens[first - 1].IsWord("by") && tokens[first - 2].IsWord("owned"))
            || (last + 1 < tokens.Count && tokens[last + 1].IsSign("%") && !IsRowType(last))
        );

    private int Single(int i)
    {
        var token = tokens[i];
        if (token.Kind == SqlKind.Word && Keyword(i))
        {
            return token.Value is "search_path" ? SearchPath(i + 1)
                : token.Value is "schema" ? Schema(i + 1)
                : i + 1;
        }

        if (frame.ExpectsRelation && !(token.Kind == SqlKind.Word && Fillers.Contains(token.Value)))
        {
            hasRelation = true;
            frame.ExpectsRelation = false;
            Relate(i, i);
            declared.Add(token.Value);
            AliasAfter(i);
        }
        else if (i > 0 && (tokens[i - 1].IsWord("as") || tokens[i - 1].IsWord("on")))
        {
            declared.Add(token.Value);
        }

        return i + 1;
    }

    /// <returns>Whether the word was one that means something here.</returns>
    private bool Keyword(int i)
    {
        var word = tokens[i].Value;
        var before = i > 0 ? tokens[i - 1] : default;
        switch (word)
        {
            case "from":
                if (
                    !(before.IsWord("distinct") && i > 1 && (tokens[i - 2].IsWord("is") || tokens[i - 2].IsWord("not")))
                    && frame.TakesFrom(atTop: frames.Count == 0)
                )
                {
                    frame.ExpectsRelation = frame.InList = true;
                }

                return true;
            case "using":
                frame.ExpectsRelation = frame.InList =
                    (frame.IsDelete || frame.IsMerge) && !(i + 1 < tokens.Count && tokens[i + 1].IsSign("("));
                return true;
            case "update":
                if (
                    !(
                        before.IsWord("for")
                        || before.IsWord("do")
                        || before.IsWord("on")
                        || before.IsWord("key")
                        || before.IsWord("or")
                        || before.IsWord("before")
                        || before.IsWord("after")
                    )
                )
                {
                    (frame.IsUpdate, frame.ExpectsRelation) = (true, true);
                }

                return true;
            case "delete":
                frame.IsDelete = true;
                return true;
            case "merge":
                frame.IsMerge = true;
                return true;
            case "search_path" or "schema":
                return true;
        }

        if (RelationWords.Contains(word) && !before.IsSign("."))
        {
            // In "insert into t (...) table" or "create trigger ... execute function f()" these words lead to names as
            // well.
            frame.ExpectsRelation = true;
            frame.InList |= word is "truncate";
            return true;
        }

        if (ListEnds.Contains(word))
        {
            (frame.InList, frame.ExpectsRelation) = (false, false);
            frame.IsSelect |= word is "select";
            return true;
        }

        return false;
    }

    private void AliasAfter(int name)
    {
        var i = name + 1;
        if (i < tokens.Count && tokens[i].IsWord("as"))
        {
            i++;
        }

        if (
            i < tokens.Count
            && tokens[i].IsName
            && !(
                tokens[i].Kind == SqlKind.Word
                && (NoAlias.Contains(tokens[i].Value) || ListEnds.Contains(tokens[i].Value))
            )
        )
        {
            declared.Add(tokens[i].Value);
        }
    }

    /// <summary>SET search_path TO a, b and set_config('search_path', ...) name schemas outright.</summary>
    private int SearchPath(int i)
    {
        if (i >= tokens.Count || !(tokens[i].IsSign("=") || tokens[i].IsWord("to")))
        {
            return i;
        }

        for (
            i++;
            i < tokens.Count && (tokens[i].IsName || tokens[i].IsSign(",") || tokens[i].Kind == SqlKind.Text);
            i++
        )
        {
            Path(i);
        }

        return i;
    }

    private void Path(int i)
    {
        foreach (var schema in tokens[i].Value.Split(',').Select(part => part.Trim().Trim('"')).Where(isSought))
        {
            found.Add(Finding(schema, i, i));
        }
    }

    private int Schema(int i)
    {
        while (i < tokens.Count && (tokens[i].IsWord("if") || tokens[i].IsWord("not") || tokens[i].IsWord("exists")))
        {
            i++;
        }

        while (
            i < tokens.Count && (tokens[i].IsName || tokens[i].Kind == SqlKind.Text) && isSoughtInDoubt(tokens[i].Value)
        )
        {
            found.Add(Finding(tokens[i].Value, i, i));
            i += i + 1 < tokens.Count && tokens[i + 1].IsSign(",") ? 2 : 1;
        }

        return i;
    }

    /// <summary>A string may itself name a table, a schema, or hold SQL that is executed later.</summary>
    private int Text(int i)
    {
        var text = tokens[i].Value;
        var function = FunctionOf(i);
        var type = CastOf(i);
        var isSchema = SchemaFunctions.Contains(function) || type is "regnamespace";
        var isRegClass = type.StartsWith("reg", StringComparison.Ordinal);
        // What right is asked for stands among the arguments as well.
        if (isSchema && isSoughtInDoubt(Folded(text)))
        {
            found.Add(Finding(Folded(text), i, i));
        }
        else if (isRegClass || NameFunctions.Contains(function) || (i > 0 && tokens[i - 1].IsWord("regclass")))
        {
            var name = SqlToken.Read(text);
            if (name.Count >= 3 && name[0].IsName && name[1].IsSign(".") && isSought(name[0].Value))
            {
                found.Add(Finding(name[0].Value, i, i));
            }
        }
        else if (
            i > 1
            && tokens[i - 1].IsSign("=")
            && CatalogColumns.Contains(tokens[i - 2].Value)
            && isSoughtInDoubt(text)
        )
        {
            found.Add(Finding(text, i, i));
        }
        else if (
            i > 3
            && tokens[i - 1].IsSign(",")
            && tokens[i - 2].Kind == SqlKind.Text
            && tokens[i - 2].Value is "search_path"
            && tokens[i - 4].IsWord("set_config")
        )
        {
            Path(i);
        }
        else if (isExecuted)
        {
            Executed(i);
        }
        else if (IsPiece(i, text))
        {
            found.Add(Finding(SqlToken.Read(text)[0].Value, i, i));
        }
        else if (i > 0 && (tokens[i - 1].IsWord("do") || tokens[i - 1].IsWord("execute")))
        {
            found.AddRange(new SqlNames(text, offset + tokens[i].Start, isCertain: true, isSought).Find());
        }
        else if (SqlEvidence.IsStatement(text))
        {
            found.AddRange(new SqlNames(text, offset + tokens[i].Start, isCertain: false, isSought).Find());
        }

        return i + 1;
    }

    /// <summary>What a string is cast to, by :: or cast(... as ...); empty when it is not.</summary>
    private string CastOf(int i)
    {
        var after = i + 1;
        while (after < tokens.Count && tokens[after].IsSign(")"))
        {
            after++;
        }

        return
            after + 1 < tokens.Count && (tokens[after].IsSign("::") || (after == i + 1 && tokens[after].IsWord("as")))
            ? tokens[after + 1].Value
            : "";
    }

    /// <summary>The name of a schema as the database reads it out of a string.</summary>
    private static string Folded(string text) => SqlToken.Read(text) is [{ IsName: true } name] ? name.Value : text;

    /// <summary>The function that a string is an argument of, wherever in its list; empty when it is none's.</summary>
    private string FunctionOf(int i)
    {
        var depth = 0;
        for (i--; i > 0; i--)
        {
            if (tokens[i].IsSign(")"))
            {
                depth++;
            }
            else if (tokens[i].IsSign("(") && depth-- == 0)
            {
                return tokens[i - 1].Kind == SqlKind.Word ? tokens[i - 1].Value : "";
            }
            else if (tokens[i].IsSign(";"))
            {
                break;
            }
        }

        return "";
    }

    private int Code(int i)
    {
        if (isExecuted)
        {
            Executed(i);
        }
        else
        {
            found.AddRange(new SqlNames(tokens[i].Value, offset + tokens[i].Start, isCertain: true, isSought).Find());
        }

        return i + 1;
    }

    private SqlFinding Finding(string schema, int first, int last)
    {
        var written = string.Concat(
            Enumerable
                .Range(first, last - first + 1)
                .Select(i => tokens[i].Kind == SqlKind.Quoted ? $"\"{tokens[i].Value}\"" : tokens[i].Value)
        );
        return new(schema, written, offset + tokens[first].Start, offset + tokens[last].End);
    }

    /// <summary>What has been seen between two parentheses.</summary>
    private struct Frame
    {
        public bool IsSelect;
        public bool IsUpdate;
        public bool IsDelete;
        public bool IsMerge;

        /// <summary>The next name is a table's.</summary>
        public bool ExpectsRelation;

        /// <summary>A comma leads to another table.</summary>
        public bool InList;

        /// <summary>Whether FROM leads to a table; in extract(day from x) it does not.</summary>
        public readonly bool TakesFrom(bool atTop) => IsSelect || IsUpdate || IsDelete || IsMerge || atTop;
    }
}
