namespace BuildingBlocks.Application;

/// <summary>The roles an account can have; the wire values of the role claim.</summary>
public static class Roles
{
    /// <summary>What a sign-up gets.</summary>
    public const string User = "user";

    /// <summary>May take down what others published.</summary>
    public const string Moderator = "moderator";

    /// <summary>May everything.</summary>
    public const string Admin = "admin";

    /// <summary>All of them, least first.</summary>
    public static IReadOnlyList<string> All { get; } = [User, Moderator, Admin];
}
