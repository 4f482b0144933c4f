using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Users.Contracts;

/// <summary>An account exists and can sign in. Its e-mail address has not been verified.</summary>
/// <param name="UserId">Made by Users; also the key.</param>
/// <param name="Email">As typed, trimmed; unique among users regardless of case.</param>
/// <param name="Name">What the user wants to be called.</param>
/// <param name="Role">user, moderator or admin.</param>
[IntegrationEvent("user.registered", version: 1)]
public sealed record UserRegisteredV1(
    Guid UserId,
    [EmailAddress, StringLength(254)] string Email,
    [StringLength(100)] string Name,
    [AllowedValues("user", "moderator", "admin")] string Role
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => UserId.ToString();
}
