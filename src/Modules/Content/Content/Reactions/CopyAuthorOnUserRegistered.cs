using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Content.Persistence;
using Users.Contracts;

namespace Content.Reactions;

internal sealed class CopyAuthorOnUserRegistered(ContentDbContext db) : IReaction<UserRegisteredV1>
{
    public async Task Handle(UserRegisteredV1 registered, EventContext context, CancellationToken cancellationToken) =>
        (await db.CopyOfAuthor(registered.UserId, cancellationToken)).Name = registered.Name;
}
