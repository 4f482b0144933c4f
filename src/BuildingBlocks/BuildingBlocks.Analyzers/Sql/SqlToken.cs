namespace BuildingBlocks.Analyzers.Sql;

internal enum SqlKind
{
    /// <summary>An unquoted word, in lower case as PostgreSQL takes it.</summary>
    Word,

    /// <summary>A quoted identifier, exactly as it stands.</summary>
    Quoted,

    /// <summary>A string, without its quotes.</summary>
    Text,

    /// <summary>A dollar-quoted string, usually code.</summary>
    Code,

    /// <summary>Anything else, one character or a cast.</summary>
    Sign,
}

/// <summary>One token of SQL and where it begins.</summary>
internal readonly struct SqlToken(SqlKind kind, string value, int start, int end)
{
    public SqlKind Kind { get; } = kind;

    public string Value { get; } = value;

    public int Start { get; } = start;

    public int End { get; } = end;

    public bool IsName => Kind is SqlKind.Word or SqlKind.Quoted;

    public bool IsWord(string word) => Kind == SqlKind.Word && string.Equals(Value, word, StringComparison.Ordinal);

    public bool IsSign(string sign) => Kind == SqlKind.Sign && string.Equals(Value, sign, StringComparison.Ordinal);

    /// <summary>
    /// Takes PostgreSQL's text apart: comments and white space fall out, strings do not hide what follows them.
    /// </summary>
    public static List<SqlToken> Read(string text)
    {
        List<SqlToken> tokens = [];
        for (var i = 0; i < text.Length; )
        {
            var start = i;
            var c = text[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (c == '-' && Next(text, i) == '-')
            {
                i = EndOfLine(text, i);
            }
            else if (c == '/' && Next(text, i) == '*')
            {
                i = EndOfComment(text, i);
            }
            else if (c == '\'')
            {
                var escapes =
                    i > 0 && text[i - 1] is 'e' or 'E' && tokens.Count > 0 && tokens[tokens.Count - 1].Value is "e";
                if (escapes)
                {
                    // The E belongs to the string.
                    tokens.RemoveAt(tokens.Count - 1);
                }

                i = EndOfQuote(text, i, '\'', escapes);
                var (value, end) = (Unquoted(text, start, i, '\''), i);
                tokens.Add(
                    new(
                        SqlKind.Text,
                        TakeUnicode(text, start, ref i, tokens) is { } escape ? SqlEscapes.Unicode(value, escape)
                            : escapes ? SqlEscapes.Backslash(value)
                            : value,
                        start + 1,
                        Math.Max(start + 1, end - 1)
                    )
                );
            }
            else if (c == '"')
            {
                i = EndOfQuote(text, i, '"', escapes: false);
                var name = Unquoted(text, start, i, '"');
                tokens.Add(
                    new(
                        SqlKind.Quoted,
                        TakeUnicode(text, start, ref i, tokens) is { } escape ? SqlEscapes.Unicode(name, escape) : name,
                        start,
                        i
                    )
                );
            }
            else if (c == '$' && TagAt(text, i) is { } tag)
            {
                var end = text.IndexOf(tag, i + tag.Length, StringComparison.Ordinal);
                var inner = i + tag.Length;
                i = end < 0 ? text.Length : end + tag.Length;
                tokens.Add(new(SqlKind.Code, text.Substring(inner, (end < 0 ? text.Length : end) - inner), inner, i));
            }
            else if (char.IsLetter(c) || c == '_')
            {
                while (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] is '_' or '$'))
                {
                    i++;
                }

                tokens.Add(new(SqlKind.Word, text.Substring(start, i - start).ToLowerInvariant(), start, i));
            }
            else
            {
                i += c == ':' && Next(text, i) == ':' ? 2 : 1;
                tokens.Add(new(SqlKind.Sign, text.Substring(start, i - start), start, i));
            }
        }

        return Joined(tokens);
    }

    /// <summary>Strings that are put together from constants are one: 'inven' || 'tory'.</summary>
    private static List<SqlToken> Joined(List<SqlToken> tokens)
    {
        for (var i = 0; i + 3 < tokens.Count; )
        {
            if (
                tokens[i].Kind == SqlKind.Text
                && tokens[i + 1].IsSign("|")
                && tokens[i + 2].IsSign("|")
                && tokens[i + 3].Kind == SqlKind.Text
            )
            {
                tokens[i] = new(
                    SqlKind.Text,
                    tokens[i].Value + tokens[i + 3].Value,
                    tokens[i].Start,
                    tokens[i + 3].End
                );
                tokens.RemoveRange(i + 1, 3);
            }
            else
            {
                i++;
            }
        }

        return tokens;
    }

    /// <summary>U&amp;"..." and U&amp;'...' spell characters by number.</summary>
    /// <param name="text">All of it.</param>
    /// <param name="quote">Where the quote begins.</param>
    /// <param name="end">Where it ends, and with it what it says of its escapes.</param>
    /// <param name="tokens">Those before it.</param>
    /// <returns>What stands before the numbers; null when the quote is an ordinary one.</returns>
    private static char? TakeUnicode(string text, int quote, ref int end, List<SqlToken> tokens)
    {
        if (
            quote < 2
            || text[quote - 1] != '&'
            || text[quote - 2] is not ('u' or 'U')
            || tokens.Count < 2
            || !tokens[tokens.Count - 2].IsWord("u")
        )
        {
            return null;
        }

        tokens.RemoveRange(tokens.Count - 2, 2);
        return SqlEscapes.UescapeAfter(text, ref end);
    }

    private static char Next(string text, int i) => i + 1 < text.Length ? text[i + 1] : '\0';

    private static int EndOfLine(string text, int i) =>
        text.IndexOf('\n', i) is >= 0 and var end ? end + 1 : text.Length;

    private static int EndOfComment(string text, int i)
    {
        var depth = 0;
        for (; i < text.Length; i++)
        {
            if (text[i] == '/' && Next(text, i) == '*')
            {
                (depth, i) = (depth + 1, i + 1);
            }
            else if (text[i] == '*' && Next(text, i) == '/')
            {
                (depth, i) = (depth - 1, i + 1);
                if (depth == 0)
                {
                    return i + 1;
                }
            }
        }

        return i;
    }

    private static int EndOfQuote(string text, int i, char quote, bool escapes)
    {
        for (i++; i < text.Length; i++)
        {
            if (escapes && text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == quote)
            {
                if (Next(text, i) != quote)
                {
                    return i + 1;
                }

                i++;
            }
        }

        return text.Length;
    }

    private static string Unquoted(string text, int start, int end, char quote)
    {
        var last = end > start + 1 && text[end - 1] == quote ? end - 1 : end;
        return text.Substring(start + 1, last - start - 1).Replace(new string(quote, 2), quote.ToString());
    }

    private static string? TagAt(string text, int i)
    {
        var end = i + 1;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        // $1 is a parameter, $1$ is not a tag either.
        return end < text.Length && text[end] == '$' && (end == i + 1 || !char.IsDigit(text[i + 1]))
            ? text.Substring(i, end - i + 1)
            : null;
    }
}
