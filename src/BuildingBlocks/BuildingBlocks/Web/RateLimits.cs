namespace BuildingBlocks.Web;

/// <summary>
/// Names of the rate limits that an endpoint can ask for with <c>RequireRateLimiting</c>; every request also counts
/// against a general one.
/// </summary>
public static class RateLimits
{
    /// <summary>
    /// For endpoints that take a password: a limited number of tries a minute for each client address, see
    /// <c>RateLimits:SignInsPerMinute</c>.
    /// </summary>
    public const string SignIn = "sign-in";
}
