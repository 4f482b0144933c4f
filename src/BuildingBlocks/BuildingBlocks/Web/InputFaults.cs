using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Storage;
using Microsoft.Extensions.Primitives;

namespace BuildingBlocks.Web;

/// <summary>What is wrong with a request as it came in, by place.</summary>
internal sealed class InputFaults
{
    // Enough to mend a request; a hostile one is not answered with all its faults.
    private const int Most = 20;
    private const int LongestName = 100;
    private const string Nameless = "(without a name)";

    private readonly Dictionary<string, List<string>> faults = new(StringComparer.Ordinal);
    private string? firstCode;

    /// <summary>One refusal for all of it, under the code of what was found first; null when nothing was.</summary>
    public Error? Refusal =>
        firstCode is null
            ? null
            : RequestErrors.Invalid(faults) with
            {
                Code = firstCode,
                Detail =
                    faults.Count == 1
                        ? faults.Values.First()[0]
                        : "The request has faults in several places; see errors.",
            };

    /// <param name="code">Of the refusal, when this is the first fault.</param>
    /// <param name="place">A parameter, a header, or a path in the body.</param>
    /// <param name="fault">A sentence.</param>
    public void Add(string code, string place, string fault)
    {
        if (faults.Count < Most)
        {
            firstCode ??= code;
            var known = faults.TryGetValue(place, out var already) ? already : faults[place] = [];
            if (!known.Contains(fault, StringComparer.Ordinal))
            {
                known.Add(fault);
            }
        }
    }

    /// <summary>Notes when a name or one of its values cannot be stored.</summary>
    public void CheckTexts(string name, StringValues values)
    {
        CheckText(name, name);
        foreach (var value in values)
        {
            CheckText(name, value);
        }
    }

    /// <summary>Notes when a text cannot be stored, or looks given and says nothing.</summary>
    public void CheckText(string place, string? text)
    {
        if (text is not null && !StorableText.Is(text))
        {
            AddUnstorable(Readable(place));
        }
        else if (VisibleText.IsInvisible(text))
        {
            Add(HttpErrors.InvalidText.Code, Readable(place), HttpErrors.InvisibleTextAt(Readable(place)));
        }
    }

    /// <summary>Notes that the text of a place cannot be stored.</summary>
    public void AddUnstorable(string place) => Add(HttpErrors.InvalidText.Code, place, HttpErrors.InvalidTextAt(place));

    /// <summary>
    /// A name that a caller chose, fit for an answer; never empty, for that is the place of the body itself.
    /// </summary>
    public static string Readable(string name) =>
        name.Length == 0 ? Nameless : StorableText.Of(name.Length <= LongestName ? name : $"{name[..LongestName]}...");
}
