using BuildingBlocks.Application;

namespace Catalog.Domain;

internal static class CategoryErrors
{
    public static Error NameTaken { get; } =
        Error.Conflict(
            "catalog.category-taken",
            "There is a category of this name already, upper and lower case being the same. Use it, or choose another "
                + "name."
        );
}
