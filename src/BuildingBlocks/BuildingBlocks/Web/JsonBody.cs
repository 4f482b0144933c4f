using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Storage;

namespace BuildingBlocks.Web;

/// <summary>
/// Looks through a body for what its type would pass over: members that the type has not, and text that cannot be
/// stored or seen, also where the type takes any JSON; for members that are given twice, which the serializer names
/// only where it knows the type; and for values that an enumeration has not. Whatever else is wrong, such as a number
/// out of range, shows when the body is read into its type.
/// </summary>
internal sealed class JsonBody(JsonSerializerOptions options)
{
    private readonly List<(string Code, string Place, string Fault)> found = [];

    /// <summary>Notes what is wrong; nothing of a body that is no JSON, for its type says where it is none.</summary>
    /// <param name="body">UTF-8.</param>
    /// <param name="type">What the endpoint reads it into; null when it takes no body.</param>
    /// <param name="faults">Where to note it.</param>
    public void Check(ReadOnlySpan<byte> body, Type? type, InputFaults faults)
    {
        Utf8JsonReader reader = new(body, new JsonReaderOptions { MaxDepth = options.MaxDepth });
        try
        {
            if (reader.Read())
            {
                CheckValue(ref reader, "", options.GetTypeInfo(type ?? typeof(NoBody)));
            }

            reader.Read();
        }
        catch (JsonException)
        {
            return;
        }

        foreach (var (code, place, fault) in found)
        {
            faults.Add(code, place, fault);
        }
    }

    /// <param name="reader">At the first token of the value; afterwards at its last.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="type">What it is read into; null for whatever it is.</param>
    private void CheckValue(ref Utf8JsonReader reader, string path, JsonTypeInfo? type)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var given = NoNames(type);
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    CheckMember(ref reader, path, type, given);
                }

                break;
            case JsonTokenType.StartArray:
                for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
                {
                    var element = string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");
                    CheckValue(ref reader, element, ElementOf(type, JsonTypeInfoKind.Enumerable));
                }

                break;
            case JsonTokenType.String:
                CheckText(path, TextOf(ref reader), type);
                break;
        }
    }

    private void CheckMember(ref Utf8JsonReader reader, string path, JsonTypeInfo? type, HashSet<string> given)
    {
        // What is no text is named as it was sent, escapes and all.
        var name = TextOf(ref reader);
        var place =
            (path.Length == 0 ? "" : $"{path}.")
            + InputFaults.Readable(name ?? Encoding.UTF8.GetString(reader.ValueSpan));
        reader.Read();
        if (name is null)
        {
            found.Add((HttpErrors.InvalidText.Code, place, HttpErrors.InvalidTextAt(place)));
            CheckValue(ref reader, place, type: null);
            return;
        }

        if (!given.Add(name) && !options.AllowDuplicateProperties)
        {
            found.Add((HttpErrors.InvalidJson.Code, place, HttpErrors.GivenTwiceAt(place)));
        }

        if (type is not { Kind: JsonTypeInfoKind.Object })
        {
            CheckValue(ref reader, place, ElementOf(type, JsonTypeInfoKind.Dictionary));
        }
        else if (MemberOf(type, name) is { } member)
        {
            CheckValue(ref reader, place, options.GetTypeInfo(member.PropertyType));
        }
        else
        {
            var known = MembersOf(type).Select(one => one.Name);
            found.Add((HttpErrors.UnknownMember.Code, place, HttpErrors.NoneOf(place, known)));
            CheckValue(ref reader, place, type: null);
        }
    }

    private void CheckText(string path, string? text, JsonTypeInfo? type)
    {
        if (text is null)
        {
            found.Add((HttpErrors.InvalidText.Code, path, HttpErrors.InvalidTextAt(path)));
        }
        else if (VisibleText.IsInvisible(text))
        {
            found.Add((HttpErrors.InvalidText.Code, path, HttpErrors.InvisibleTextAt(path)));
        }
        else if (EnumValues.Of(type?.Type) is { } values && !values.Contains(text, StringComparer.OrdinalIgnoreCase))
        {
            found.Add((HttpErrors.UnknownValue.Code, path, HttpErrors.MustBeOneOf(path, values)));
        }
    }

    private JsonTypeInfo? ElementOf(JsonTypeInfo? type, JsonTypeInfoKind kind) =>
        type is { ElementType: { } element } && type.Kind == kind ? options.GetTypeInfo(element) : null;

    /// <summary>For the names of one object, which are the same when the serializer takes them to be.</summary>
    private HashSet<string> NoNames(JsonTypeInfo? type) =>
        new(
            type is { Kind: JsonTypeInfoKind.Object } && options.PropertyNameCaseInsensitive
                ? StringComparer.OrdinalIgnoreCase
                : StringComparer.Ordinal
        );

    private JsonPropertyInfo? MemberOf(JsonTypeInfo type, string name)
    {
        var comparison = options.PropertyNameCaseInsensitive
            ? StringComparison.OrdinalIgnoreCase
            : StringComparison.Ordinal;
        return MembersOf(type).FirstOrDefault(member => string.Equals(member.Name, name, comparison));
    }

    private static IEnumerable<JsonPropertyInfo> MembersOf(JsonTypeInfo type) =>
        type.Properties.Where(member => member.Set is not null || member.AssociatedParameter is not null);

    /// <summary>The name or text at hand; null when it cannot be stored.</summary>
    private static string? TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() is { } text && StorableText.Is(text) ? text : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, or no UTF-8.
            return null;
        }
    }

    /// <summary>What an endpoint that takes no body knows of it.</summary>
    private sealed record NoBody;
}
