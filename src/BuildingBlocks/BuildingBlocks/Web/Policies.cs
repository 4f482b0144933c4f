using BuildingBlocks.Application;

namespace BuildingBlocks.Web;

/// <summary>Who may call an endpoint; every endpoint names one of these or allows anonymous callers.</summary>
public static class Policies
{
    /// <summary>
    /// Anybody who is signed in. What they may see of it is for the use case to decide, by <see cref="Caller"/>.
    /// </summary>
    public const string Customer = "customer";

    /// <summary>Moderators and admins.</summary>
    public const string Moderator = "moderator";

    /// <summary>Admins only.</summary>
    public const string Admin = "admin";
}
