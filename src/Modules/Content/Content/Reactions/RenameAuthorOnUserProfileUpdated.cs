using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Content.Persistence;
using Users.Contracts;

namespace Content.Reactions;

/// <summary>The name stands in one place, so all posts of the account carry the new one at once.</summary>
internal sealed class RenameAuthorOnUserProfileUpdated(ContentDbContext db) : IReaction<UserProfileUpdatedV1>
{
    public async Task Handle(UserProfileUpdatedV1 updated, EventContext context, CancellationToken cancellationToken) =>
        (await db.CopyOfAuthor(updated.UserId, cancellationToken)).Name = updated.Name;
}
