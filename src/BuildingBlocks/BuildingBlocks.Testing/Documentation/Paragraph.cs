using System.Text;

namespace BuildingBlocks.Testing.Documentation;

/// <summary>Prose of a page that is written by a program.</summary>
internal static class Paragraph
{
    private const int Width = 120;

    /// <summary>The words in lines of at most 120 columns, each with its end.</summary>
    public static string Of(string words)
    {
        StringBuilder text = new();
        var column = 0;
        foreach (var word in words.Split(' '))
        {
            var fits = column + 1 + word.Length <= Width;
            text.Append(
                    column is 0 ? ""
                    : fits ? " "
                    : "\n"
                )
                .Append(word);
            column = column > 0 && fits ? column + 1 + word.Length : word.Length;
        }

        return text.Append('\n').ToString();
    }
}
