using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Users.Contracts;

/// <summary>A user changed how they want to be called; the event carries the whole profile as it is now.</summary>
/// <param name="UserId">Made by Users; also the key.</param>
/// <param name="Name">What the user wants to be called from now on.</param>
[IntegrationEvent("user.profile-updated", version: 1)]
public sealed record UserProfileUpdatedV1(Guid UserId, [StringLength(100)] string Name) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => UserId.ToString();
}
