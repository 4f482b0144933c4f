using BuildingBlocks.Application;

namespace Content.Domain;

internal static class CategoryErrors
{
    public static Error SlugTaken { get; } =
        Error
            .Conflict(
                "content.category-slug-taken",
                "There is a category with this slug already. Use it, or choose another slug."
            )
            .At("slug");

    public static Error NameTaken { get; } =
        Error
            .Conflict(
                "content.category-name-taken",
                "There is a category of this name already, upper and lower case being the same. Use it, or choose "
                    + "another name."
            )
            .At("name");
}
