namespace Catalog.Domain;

/// <summary>A shelf that products stand on. Its name is unique regardless of case, and never changes.</summary>
internal sealed class Category
{
    public const int MaxNameLength = 100;

    public const int MaxDescriptionLength = 1000;

    private Category() { }

    public string Name { get; private set; } = "";

    /// <summary>Null for a category that so far only products have named.</summary>
    public string? Description { get; private set; }

    public static Category Add(string name, string? description) =>
        new() { Name = name.Trim(), Description = description?.Trim() };

    /// <summary>Describes a category that nobody has described yet; false when somebody has.</summary>
    public bool Describe(string? description)
    {
        if (Description is not null || description is null)
        {
            return false;
        }

        Description = description.Trim();
        return true;
    }
}
