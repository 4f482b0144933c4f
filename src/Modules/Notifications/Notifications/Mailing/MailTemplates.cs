using System.Net;
using System.Text.RegularExpressions;
using MimeKit;
using Notifications.Domain;

namespace Notifications.Mailing;

/// <summary>
/// The texts of mails, as text and as HTML, from the files in Templates: <c>{{value}}</c> stands for a value, and what
/// is between <c>{{#lines}}</c> and <c>{{/lines}}</c> is repeated for each product. Values are escaped in HTML, and
/// none of them can begin another line of a text.
/// </summary>
internal static partial class MailTemplates
{
    private static readonly Dictionary<string, string> Files = typeof(MailTemplates)
        .Assembly.GetManifestResourceNames()
        .Where(name => name.Contains(".Mailing.Templates.", StringComparison.Ordinal))
        .ToDictionary(name => name.Split(".Mailing.Templates.")[1], Read, StringComparer.OrdinalIgnoreCase);

    /// <summary>A mail with its subject and both bodies; the first line of the text is the subject.</summary>
    /// <exception cref="InvalidOperationException">A template asks for a value that there is not.</exception>
    public static MimeMessage Write(
        MailKind kind,
        IReadOnlyDictionary<string, string> values,
        IReadOnlyList<IReadOnlyDictionary<string, string>> lines
    )
    {
        var text = Fill(Files[$"{kind}.txt"], values, lines, OnOneLine);
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        BodyBuilder body = new()
        {
            TextBody = text[(end + 1)..].TrimStart(),
            HtmlBody = Fill(Files[$"{kind}.html"], values, lines, WebUtility.HtmlEncode),
        };
        return new() { Subject = text[..end].Trim(), Body = body.ToMessageBody() };
    }

    private static string Fill(
        string template,
        IReadOnlyDictionary<string, string> values,
        IReadOnlyList<IReadOnlyDictionary<string, string>> lines,
        Func<string, string> escape
    ) =>
        string.Concat(
            Repeated()
                .Split(template)
                .Select(
                    (part, number) =>
                        number % 2 == 0
                            ? Fill(part, values, escape)
                            : string.Concat(lines.Select(line => Fill(part, line, escape)))
                )
        );

    private static string Fill(string part, IReadOnlyDictionary<string, string> values, Func<string, string> escape) =>
        Value()
            .Replace(part, found =>
                values.TryGetValue(found.Groups["name"].Value, out var value)
                    ? escape(value)
                    : throw new InvalidOperationException(
                        $"A mail's template asks for {found.Value}, which there is not."
                    )
            );

    private static string OnOneLine(string value) => value.ReplaceLineEndings(" ");

    private static string Read(string resource)
    {
        using var stream = typeof(MailTemplates).Assembly.GetManifestResourceStream(resource)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    [GeneratedRegex(
        @"\{\{#lines\}\}\n?(?<lines>.*?)\{\{/lines\}\}\n?",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Repeated();

    [GeneratedRegex(@"\{\{(?<name>[a-z]+)\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Value();
}
