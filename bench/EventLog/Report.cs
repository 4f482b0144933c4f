using System.Globalization;
using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace EventLog.Bench;

/// <summary>Shows figures as a table, as JSON and as a picture.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <param name="figures">All of them.</param>
    /// <param name="load">What the number beside a figure counts, such as producers.</param>
    public static void Show(Figures figures, string load)
    {
        var all = figures.All;
        foreach (var producers in all.Select(figure => figure.Producers).Distinct().Order())
        {
            var some = all.Where(figure => figure.Producers == producers).ToArray();
            var variants = some.Select(figure => figure.Variant).Distinct(StringComparer.Ordinal).ToArray();
            Table table = new()
            {
                Title = new(
                    string.Create(CultureInfo.InvariantCulture, $"{producers} {load}: median (lowest to highest)")
                ),
            };
            table.AddColumn("figure");
            foreach (var variant in variants)
            {
                table.AddColumn(new TableColumn(variant).RightAligned());
            }

            foreach (var name in some.Select(figure => figure.Name).Distinct(StringComparer.Ordinal))
            {
                table.AddRow([
                    name,
                    .. variants.Select(variant =>
                        Array.Find(some, figure =>
                            string.Equals(figure.Variant, variant, StringComparison.Ordinal)
                            && string.Equals(figure.Name, name, StringComparison.Ordinal)
                        )
                            is { } found
                            ? $"{Text(found.Median)} ({Text(found.Min)} to {Text(found.Max)})"
                            : ""
                    ),
                ]);
            }

            AnsiConsole.Write(table);
        }
    }

    public static async Task WriteAsync(
        Figures figures,
        FileInfo? json,
        FileInfo? svg,
        CancellationToken cancellationToken
    )
    {
        if (json is not null)
        {
            await File.WriteAllTextAsync(
                json.FullName,
                JsonSerializer.Serialize(
                    figures.All.Select(one => new
                    {
                        one.Variant,
                        one.Producers,
                        Figure = one.Name,
                        one.Unit,
                        one.Median,
                        one.Min,
                        one.Max,
                    }),
                    Json
                ),
                cancellationToken
            );
        }

        if (svg is not null)
        {
            await File.WriteAllTextAsync(svg.FullName, Draw(figures), cancellationToken);
        }
    }

    /// <summary>
    /// Bars of events (or, without delivery, transactions) per second, by variant and producers, with the range of the
    /// rounds.
    /// </summary>
    private static string Draw(Figures figures)
    {
        const int Bar = 16,
            Gap = 14,
            Left = 170,
            Width = 520;
        var all = figures.All;
        var shown = all.Where(one =>
                one.Name is "events-per-second"
                || (
                    one.Name is "transactions-per-second"
                    && !all.Any(other =>
                        other.Name is "events-per-second"
                        && string.Equals(other.Variant, one.Variant, StringComparison.Ordinal)
                    )
                )
            )
            .ToArray();
        var most = shown.Max(one => one.Max);
        StringBuilder bars = new();
        var y = 40;
        foreach (var variant in shown.GroupBy(one => one.Variant, StringComparer.Ordinal))
        {
            Add(
                $"""<text x="{Left - 10}" y="{y + (Bar * variant.Count() / 2) + 4}" text-anchor="end">{variant.Key}</text>"""
            );
            foreach (var figure in variant.OrderBy(one => one.Producers))
            {
                double Of(double value) => Math.Round(value / most * Width, 1);
                var middle = y + (Bar / 2);
                Add(
                    $"""<rect x="{Left}" y="{y + 1}" width="{Of(figure.Median)}" height="{Bar - 2}" fill="#4c78a8"><title>{variant.Key}, {figure.Producers} producers: {Text(figure.Median)}</title></rect>"""
                );
                Add($"""<path d="M{Left + Of(figure.Min)} {middle}H{Left + Of(figure.Max)}" stroke="#222"/>""");
                Add(
                    $"""<text x="{Left + Of(figure.Max) + 6}" y="{y + 12}" font-size="11">{Text(figure.Median)} ({figure.Producers} producers)</text>"""
                );
                y += Bar;
            }

            y += Gap;
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Left
                + Width
                + 180}" height="{y}" font-family="sans-serif" font-size="13">
            <rect width="100%" height="100%" fill="#fff"/>
            <text x="{Left}" y="22" font-weight="bold">Events per second (transactions where nothing is delivered)</text>
            {bars}</svg>

            """
        );

        void Add(FormattableString element) => bars.AppendLine(element.ToString(CultureInfo.InvariantCulture));
    }

    private static string Text(double value) =>
        value.ToString(
            value >= 100 ? "N0"
                : value >= 10 ? "0.0"
                : "0.00",
            CultureInfo.InvariantCulture
        );
}
