using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Users.Contracts;

/// <summary>
/// An admin gave a user another role. It is in force for every request made after this event was written.
/// </summary>
/// <param name="UserId">Made by Users; also the key.</param>
/// <param name="Role">The role from now on: user, moderator or admin.</param>
/// <param name="PreviousRole">The role until now.</param>
[IntegrationEvent("user.role-changed", version: 1)]
public sealed record UserRoleChangedV1(
    Guid UserId,
    [AllowedValues("user", "moderator", "admin")] string Role,
    [AllowedValues("user", "moderator", "admin")] string PreviousRole
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => UserId.ToString();
}
