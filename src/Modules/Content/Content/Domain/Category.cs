using System.Text.RegularExpressions;

namespace Content.Domain;

/// <summary>What posts are about. Known by its slug, which never changes; any number of posts stand in it.</summary>
internal sealed partial class Category
{
    public const int MaxNameLength = 100;

    public const int MaxSlugLength = 50;

    public const string SlugRule =
        "A slug is 1 to 50 characters: lower-case words of a-z and 0-9 joined by single hyphens, such as how-to.";

    private Category() { }

    /// <summary>Unique; stands in addresses.</summary>
    public string Slug { get; private set; } = "";

    /// <summary>For people; unique regardless of case.</summary>
    public string Name { get; private set; } = "";

    public static Category Add(string slug, string name) => new() { Slug = slug, Name = name.Trim() };

    public static bool IsSlug(string? text) => text is { Length: <= MaxSlugLength } && Pattern().IsMatch(text);

    [GeneratedRegex(@"\A[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
