using BuildingBlocks.Application;

namespace Customers.Domain;

internal static class CustomerErrors
{
    /// <summary>Also for a customer of somebody else, whose existence is nobody's business.</summary>
    public static Error Unknown { get; } =
        Error.NotFound(
            "customers.unknown-customer",
            "There is no customer of this id that you may see; GET /customers lists those you may."
        );

    public static Error IdTaken { get; } =
        Error.Conflict(
            "customers.id-taken",
            "There is a customer of this id already. Change that one, or choose another id."
        );
}
